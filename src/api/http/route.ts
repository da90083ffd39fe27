import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type Endpoint, type EndpointName, endpoints } from '../contract/endpoints.js';
import { API_PREFIX } from '../deps.js';
import { rateLimits } from './rate-limits.js';

export const ENDPOINT = Symbol('endpoint');

/** Binds a handler to an entry of the endpoint table: its address, status, checks and limits come from there. */
export function Route(name: EndpointName): MethodDecorator {
  const { method, path, status }: Endpoint = endpoints[name];
  const rateLimit = rateLimits[name];
  return applyDecorators(
    RequestMapping({ method: RequestMethod[method], path: API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1') }),
    HttpCode(status),
    SetMetadata(ENDPOINT, name),
    RouteConfig(rateLimit === undefined ? {} : { rateLimit }),
  );
}
