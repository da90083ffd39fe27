/** A key nothing else has. Pages over plain HTTP have no `crypto.randomUUID`; this is from `getRandomValues` there. */
export { v4 as newKey } from 'uuid';
