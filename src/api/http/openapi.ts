import { z } from 'zod';
import { problem } from '../contract/common.js';
import { buddy, contact } from '../contract/contacts.js';
import { chat, conversation } from '../contract/conversations.js';
import { type Endpoint, endpoints } from '../contract/endpoints.js';
import { attachment, delivery, message } from '../contract/messages.js';
import { account, capabilities, loginStep, network } from '../contract/networks.js';
import { route } from '../contract/routes.js';
import { change } from '../contract/sync.js';
import { audience, token, user } from '../contract/users.js';
import { webhook } from '../contract/webhooks.js';
import { API_PREFIX } from '../deps.js';
import { PIECE } from './body.js';

type Schema = Record<string, unknown>;
export type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters: { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
};
export type OpenApi = {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, Schema> };
};

const NAMED: Record<string, z.ZodType> = {
  Problem: problem,
  User: user,
  Token: token,
  Audience: audience,
  Capabilities: capabilities,
  Network: network,
  Account: account,
  LoginStep: loginStep,
  Buddy: buddy,
  Contact: contact,
  Chat: chat,
  Conversation: conversation,
  Attachment: attachment,
  Message: message,
  Delivery: delivery,
  Route: route,
  Change: change,
  Webhook: webhook,
};

const DESCRIPTION = `One API for every messaging network. Errors are problem details (RFC 9457) with a stable code; lists
answer items and nextCursor; writes accept Idempotency-Key; the WebSocket at ${API_PREFIX}/stream?since= says what changed.`;

/** The OpenAPI 3.1 document of the endpoint table. */
export function openApi(version: string): OpenApi {
  const schemas: Record<string, Schema> = {};
  const toSchema = schemaWriter(schemas);
  const paths: OpenApi['paths'] = {};
  for (const [name, entry] of Object.entries<Endpoint>(endpoints)) {
    const path = API_PREFIX + entry.path;
    paths[path] = { ...paths[path], [entry.method.toLowerCase()]: operation(name, entry, toSchema) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Parley', version, description: DESCRIPTION },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'parley_session' },
      },
    },
  };
}

type ToSchema = (schema: z.ZodType, io: 'input' | 'output') => Schema;

/** Writes JSON Schema; the named schemas go to `components` once and are referred to from then on. */
function schemaWriter(components: Record<string, Schema>): ToSchema {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) names.add(schema, { id });
  return (schema, io) => {
    const {
      $schema: _dialect,
      $defs,
      ...rest
    } = z.toJSONSchema(schema, { metadata: names, io, unrepresentable: 'any' });
    for (const [id, definition] of Object.entries($defs ?? {})) components[id] ??= toComponent(definition);
    const own = names.get(schema)?.id;
    if (own === undefined) return toComponent(rest);
    components[own] ??= toComponent(rest);
    return { $ref: `#/components/schemas/${own}` };
  };
}

const toComponent = (schema: object): Schema => {
  const { id: _id, ...rest } = JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
  return rest;
};

function operation(name: string, entry: Endpoint, toSchema: ToSchema): Operation {
  return {
    operationId: name,
    summary: entry.summary,
    tags: [entry.tag],
    security: entry.auth === 'none' ? [] : [{ token: [] }, { cookie: [] }],
    parameters: [...pathParameters(entry.path), ...queryParameters(entry.query, toSchema)],
    ...requestBody(entry, toSchema),
    responses: {
      [entry.status]: success(entry, toSchema),
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: toSchema(problem, 'output') } },
      },
    },
  };
}

const pathParameters = (path: string): Operation['parameters'] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1] ?? '',
    in: 'path',
    required: true,
    schema: match[1] === 'id' ? { type: 'string', format: 'uuid' } : { type: 'string' },
  }));

function queryParameters(query: z.ZodType | undefined, toSchema: ToSchema): Operation['parameters'] {
  if (!(query instanceof z.ZodObject)) return [];
  const fields: Record<string, z.ZodType> = query.shape;
  return Object.entries(fields).map(([name, field]) => ({
    name,
    in: 'query',
    required: !field.safeParse(undefined).success,
    schema: toSchema(field, 'output'),
  }));
}

function requestBody(entry: Endpoint, toSchema: ToSchema): Pick<Operation, 'requestBody'> {
  if (entry.bodyType === 'multipart') {
    const schema = {
      type: 'object',
      properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
      required: ['file'],
    };
    return { requestBody: { required: true, content: { 'multipart/form-data': { schema } } } };
  }
  if (entry.bodyType === 'bytes') return { requestBody: { required: true, content: { [PIECE]: { schema: {} } } } };
  if (entry.body === undefined) return {};
  return {
    requestBody: { required: true, content: { 'application/json': { schema: toSchema(entry.body, 'input') } } },
  };
}

function success(entry: Endpoint, toSchema: ToSchema): Operation['responses'][string] {
  if (entry.response !== undefined)
    return { description: 'OK', content: { 'application/json': { schema: toSchema(entry.response, 'output') } } };
  if (entry.status === 204) return { description: 'Done; no content' };
  if (entry.status === 303) return { description: 'The page to go on to' };
  return { description: 'The file', content: { 'application/octet-stream': { schema: {} } } };
}
