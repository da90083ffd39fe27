import { Controller, Inject } from '@nestjs/common';
import type { Services } from '../../../core/services.js';
import type { UserService } from '../../../core/users/service.js';
import type { Answer } from '../../contract/endpoints.js';
import { SERVICES, USERS } from '../../deps.js';
import { type Call, In } from '../call.js';
import { Route } from '../route.js';

/** Saved routes, and the one of a profile. */
@Controller()
export class RoutesController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(USERS) private readonly users: UserService,
  ) {}

  @Route('listRoutes')
  list(@In() { userId, query }: Call<'listRoutes'>): Promise<Answer<'listRoutes'>> {
    return this.services.routes.list(userId, query);
  }

  @Route('createRoute')
  create(@In() { userId, body }: Call<'createRoute'>): Promise<Answer<'createRoute'>> {
    return this.services.routes.create(userId, body);
  }

  @Route('patchRoute')
  patch(@In() { userId, params, body }: Call<'patchRoute'>): Promise<Answer<'patchRoute'>> {
    return this.services.routes.patch(userId, params.id, body);
  }

  @Route('deleteRoute')
  remove(@In() { userId, params }: Call<'deleteRoute'>): Promise<void> {
    return this.services.routes.remove(userId, params.id);
  }

  @Route('patchProfile')
  async ofProfile(@In() { userId, params, body }: Call<'patchProfile'>): Promise<Answer<'patchProfile'>> {
    await this.services.routes.ofProfile(userId, params.id, body.routeId);
    return this.users.get(userId);
  }
}
