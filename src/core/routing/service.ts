import type { Page, PageRequest } from '../views.js';
import type { RoutePolicy } from './policy.js';

export type SavedRouteView = {
  id: string;
  name: string;
  policy: RoutePolicy;
  /** What the policy does, in English. */
  sentence: string;
  /** What it waits for that the user's accounts never prove. */
  problems: string[];
  createdAt: string;
};

export type NewRoute = { name: string; policy: RoutePolicy };

/** Every call names the user it acts for; another user's id is `not-found`. A policy that makes no sense is `invalid`. */
export interface RouteService {
  list(userId: string, page: PageRequest): Promise<Page<SavedRouteView>>;
  /** Throws `conflict` past 100. */
  create(userId: string, route: NewRoute): Promise<SavedRouteView>;
  /** Messages on their way keep the policy they were accepted with. */
  patch(userId: string, id: string, change: Partial<NewRoute>): Promise<SavedRouteView>;
  /** Who had it has none any more. */
  remove(userId: string, id: string): Promise<void>;
  /** The route of all that no conversation or contact has one for; null: none. */
  ofProfile(userId: string, profileId: string, routeId: string | null): Promise<void>;
}
