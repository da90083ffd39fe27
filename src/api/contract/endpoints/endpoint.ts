import { z } from 'zod';

export type Endpoint = {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v1`, parameters in braces. */
  path: string;
  summary: string;
  /** `none`: anyone; `user`: signed in; `admin`: signed in as an admin. */
  auth: 'none' | 'user' | 'admin';
  tag: string;
  query?: z.ZodType;
  body?: z.ZodType;
  /** `multipart` for uploads, `bytes` for a piece of one. */
  bodyType?: 'json' | 'multipart' | 'bytes';
  /** 303: a page to go on to. */
  status: 200 | 201 | 204 | 303;
  response?: z.ZodType;
};

export const items = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });
export const define = <const T extends Record<string, Endpoint>>(table: T): T => table;
