import { expect, test } from 'vitest';
import { link, parse } from './router';

test('every link leads where it says', () => {
  expect(parse(link.home)).toEqual({ at: 'home' });
  expect(parse(link.conversation('c1'))).toEqual({ at: 'conversation', id: 'c1', panel: null, panes: null });
  expect(parse(link.conversationPerson('c1'))).toEqual({
    at: 'conversation',
    id: 'c1',
    panel: { is: 'person' },
    panes: null,
  });
  expect(parse(link.ledger('c1', 'm1'))).toEqual({
    at: 'conversation',
    id: 'c1',
    panel: { is: 'ledger', messageId: 'm1' },
    panes: null,
  });
  expect(parse(link.person('p1'))).toEqual({ at: 'person', id: 'p1' });
  expect(parse(link.networks)).toEqual({ at: 'networks', accountId: null, loginId: null });
  expect(parse(link.account('a1'))).toEqual({ at: 'networks', accountId: 'a1', loginId: null });
  expect(parse('#/networks?login=l1')).toEqual({ at: 'networks', accountId: null, loginId: 'l1' });
  expect(parse(link.newGroup)).toEqual({ at: 'new-group' });
  expect(parse(link.broadcasts)).toEqual({ at: 'broadcasts', id: null });
  expect(parse(link.broadcast('b1'))).toEqual({ at: 'broadcasts', id: 'b1' });
  expect(parse(link.newBroadcast)).toEqual({ at: 'new-broadcast' });
  expect(parse(link.admin)).toEqual({ at: 'admin' });
  expect(parse(link.scheduled)).toEqual({ at: 'scheduled' });
  expect(parse(link.settings)).toEqual({ at: 'settings' });
});

test('adding a network and signing in again are told apart', () => {
  expect(parse(link.add())).toEqual({ at: 'add', network: null, accountId: null });
  expect(parse(link.add('irc'))).toEqual({ at: 'add', network: 'irc', accountId: null });
  expect(parse(link.again('irc', 'a1'))).toEqual({ at: 'add', network: 'irc', accountId: 'a1' });
});

test('a network id with marks of an address survives the way there and back', () => {
  expect(parse(link.add('a/b c%'))).toEqual({ at: 'add', network: 'a/b c%', accountId: null });
});

test.each(['', '#', '#/', '#/c', '#/c/', '#/p', '#/nowhere/at/all', '#/c/%E0%A4%A'])('%j leads home', (hash) => {
  expect(parse(hash)).toEqual({ at: 'home' });
});

test('a panel that is none is left out', () => {
  expect(parse('#/c/c1/m')).toEqual({ at: 'conversation', id: 'c1', panel: null, panes: null });
  expect(parse('#/c/c1/elsewhere')).toEqual({ at: 'conversation', id: 'c1', panel: null, panes: null });
});
