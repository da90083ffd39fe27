import irc, { type Client } from 'irc-framework';

let handlers: object | undefined;

/**
 * A client of irc-framework. Each makes itself a table of all commands, with functions that are the same in all of them:
 * here they share the first one's, so that an account does not keep its own.
 */
export function newClient(): Client {
  const client = new irc.Client();
  handlers ??= client.command_handler.handlers;
  client.command_handler.handlers = handlers;
  return client;
}
