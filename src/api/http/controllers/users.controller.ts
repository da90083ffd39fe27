import { Controller, Inject } from '@nestjs/common';
import { errorText, type Log } from '../../../core/log.js';
import type { Services } from '../../../core/services.js';
import type { Identity } from '../../../core/users/identity.js';
import type { UserService } from '../../../core/users/service.js';
import { grantedScopes } from '../../auth/scopes.js';
import { SignIn } from '../../auth/sign-in.js';
import type { Answer } from '../../contract/endpoints.js';
import { IDENTITY, LOG, SERVICES, USERS } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

@Controller()
export class UsersController {
  constructor(
    @Inject(SignIn) private readonly sessions: SignIn,
    @Inject(USERS) private readonly users: UserService,
    @Inject(IDENTITY) private readonly identity: Identity,
    @Inject(SERVICES) private readonly services: Services,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Route('setup')
  setup(@In() call: Call<'setup'>): Promise<Answer<'setup'>> {
    return this.sessions.setup(call);
  }

  @Route('signIn')
  signIn(@In() call: Call<'signIn'>): Promise<Answer<'signIn'>> {
    return this.sessions.open(call);
  }

  @Route('signOut')
  signOut(@In() call: Call<'signOut'>): Promise<void> {
    return this.sessions.end(call);
  }

  @Route('createToken')
  createToken(@In() { userId, principal, body }: Call<'createToken'>): Promise<Answer<'createToken'>> {
    return this.users.createToken(userId, { name: body.name, scopes: grantedScopes(principal, body.scopes) });
  }

  @Route('listTokens')
  tokens(@In() { userId, query }: Call<'listTokens'>): Promise<Answer<'listTokens'>> {
    return this.users.tokens(userId, query);
  }

  @Route('deleteToken')
  async deleteToken(@In() { userId, params }: Call<'deleteToken'>): Promise<void> {
    await this.users.deleteToken(userId, params.id);
    this.identity.forgetTokens(userId);
  }

  @Route('createUser')
  createUser(@In() { body }: Call<'createUser'>): Promise<Answer<'createUser'>> {
    return this.users.create(body);
  }

  @Route('me')
  me(@In() { userId }: Call<'me'>): Promise<Answer<'me'>> {
    return this.users.get(userId);
  }

  @Route('patchMe')
  patch(@In() { userId, body }: Call<'patchMe'>): Promise<Answer<'patchMe'>> {
    return this.users.patch(userId, body);
  }

  @Route('setPresence')
  async setPresence(@In() { userId, body }: Call<'setPresence'>): Promise<Answer<'setPresence'>> {
    const user = await this.users.setPresence(userId, body);
    this.#tellNetworks(userId, body.audience);
    return user;
  }

  /** Nobody waits for the networks: their trouble shows in the accounts' state. */
  #tellNetworks(userId: string, audience?: string): void {
    this.services.accounts
      .publishPresence(userId, audience)
      .catch((error: unknown) => this.log.warn('presence was not published', { error: errorText(error) }));
  }

  @Route('listAudiences')
  async audiences(@In() { userId }: Call<'listAudiences'>): Promise<Answer<'listAudiences'>> {
    return { items: await this.users.audiences(userId) };
  }

  @Route('putAudiences')
  async putAudiences(@In() { userId, body }: Call<'putAudiences'>): Promise<Answer<'putAudiences'>> {
    const items = await this.users.putAudiences(userId, body.items);
    // Who is in no audience any more sees again what all see.
    this.#tellNetworks(userId);
    return { items };
  }
}
