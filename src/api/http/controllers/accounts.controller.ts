import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES } from '../../deps.js';
import { type Call, In } from '../call.js';
import { comeBack } from '../login-callback.js';
import { Route } from '../route.js';

/** Networks, sign-ins to them, and the accounts that come of it. */
@Controller()
export class AccountsController {
  constructor(@Inject(SERVICES) private readonly services: Services) {}

  @Route('listNetworks')
  networks(): Answer<'listNetworks'> {
    return { items: this.services.accounts.networks(), nextCursor: null };
  }

  @Route('startLogin')
  startLogin(@In() { userId, body }: Call<'startLogin'>): Promise<Answer<'startLogin'>> {
    return this.services.accounts.startLogin(userId, body);
  }

  @Route('answerLogin')
  answerLogin(@In() { userId, params, body }: Call<'answerLogin'>): Promise<Answer<'answerLogin'>> {
    return this.services.accounts.answerLogin(userId, params.id, body.input);
  }

  @Route('getLogin')
  login(@In() { userId, params }: Call<'getLogin'>): Promise<Answer<'getLogin'>> {
    return this.services.accounts.login(userId, params.id);
  }

  @Route('loginCallback')
  loginCallback(@In() call: Call<'loginCallback'>): Promise<void> {
    return comeBack(this.services.accounts, call);
  }

  @Route('cancelLogin')
  cancelLogin(@In() { userId, params }: Call<'cancelLogin'>): Promise<void> {
    return this.services.accounts.cancelLogin(userId, params.id);
  }

  @Route('listAccounts')
  list(@In() { userId, query }: Call<'listAccounts'>): Promise<Answer<'listAccounts'>> {
    return this.services.accounts.list(userId, query);
  }

  @Route('getAccount')
  get(@In() { userId, params }: Call<'getAccount'>): Promise<Answer<'getAccount'>> {
    return this.services.accounts.get(userId, params.id);
  }

  @Route('patchAccount')
  patch(@In() { userId, params, body }: Call<'patchAccount'>): Promise<Answer<'patchAccount'>> {
    return this.services.accounts.patch(userId, params.id, body);
  }

  @Route('getAccountSettings')
  settings(@In() { userId, params }: Call<'getAccountSettings'>): Promise<Answer<'getAccountSettings'>> {
    return this.services.accounts.settings(userId, params.id);
  }

  @Route('putAccountSettings')
  changeSettings(@In() { userId, params, body }: Call<'putAccountSettings'>): Promise<Answer<'putAccountSettings'>> {
    return this.services.accounts.changeSettings(userId, params.id, body.input);
  }

  @Route('deleteAccount')
  remove(@In() { userId, params }: Call<'deleteAccount'>): Promise<void> {
    return this.services.accounts.remove(userId, params.id);
  }

  @Route('reconnectAccount')
  reconnect(@In() { userId, params }: Call<'reconnectAccount'>): Promise<Answer<'reconnectAccount'>> {
    return this.services.accounts.reconnect(userId, params.id);
  }
}
