'use client';
import { useEffect, useState } from 'react';
import type { Account, Contact } from '../../lib/api/types';
import { handOver } from '../../lib/handoff';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useAccounts, useContacts, useLoaded } from '../../lib/sync/hooks';
import { FormError } from '../../ui/form-error';
import { networkName } from '../../ui/network-glyph';
import { Page } from '../../ui/page';
import { Empty } from '../../ui/states';
import { useAction } from '../../ui/use-action';
import { openChat } from '../buddies/open-chat';
import { type Target, targetOf } from './target';

type Writing = Extract<Target, { is: 'write' }>;

/** What a link of another program asks for: the conversation with its words in the composer, or by which account. */
export function OpenPage({ uri }: { uri: string }) {
  const loaded = useLoaded();
  const contacts = useContacts();
  const target = targetOf(uri);
  const known = target.is === 'write' ? conversationOf(target, contacts) : undefined;
  const to = target.is === 'place' ? target.to : known && link.conversation(known);
  useEffect(() => {
    if (!loaded || !to) return;
    if (known && target.is === 'write') handOver(known, { ...target.words, files: [] });
    // The link itself is no place to come back to.
    location.replace(to);
  }, [loaded, to, known, target]);
  return (
    <Page title={t('app.open-title')}>
      {loaded && !to && (target.is === 'write' ? <Way key={uri} target={target} /> : <Nowhere uri={uri} />)}
    </Page>
  );
}

function Nowhere({ uri }: { uri: string }) {
  return (
    <Empty title={t('app.open-unknown')}>
      <code className="open-uri">{uri.slice(0, 300)}</code>
    </Empty>
  );
}

function Way({ target }: { target: Writing }) {
  const accounts = useAccounts().filter((account) => account.enabled && fits(target, account));
  const [chosen, setChosen] = useState<string | null>(null);
  const account = accounts.find((one) => one.id === chosen) ?? accounts[0];
  const action = useAction();
  const { address, join, words } = target;
  if (!account) {
    return (
      <Empty
        title={t('app.open-no-account', { address })}
        action={
          <a className="button button-primary" href={link.add()}>
            {t('app.add-network')}
          </a>
        }
      />
    );
  }
  const open = () =>
    action.run(() =>
      openChat(account.id, join ? { join: address } : { address }, (id) => handOver(id, { ...words, files: [] })),
    );
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void open();
      }}
    >
      <h2 className="open-address">{join ? t('app.open-join', { address }) : t('app.open-write', { address })}</h2>
      {words.text && <blockquote className="open-words">{words.text}</blockquote>}
      <fieldset className="open-accounts">
        <legend>{t('app.open-by')}</legend>
        {accounts.map((one) => (
          <label key={one.id} className="open-account">
            <input type="radio" name="account" checked={one.id === account.id} onChange={() => setChosen(one.id)} />
            <span>{one.name}</span>
            <span className="line-sub">{networkName(one.network)}</span>
          </label>
        ))}
      </fieldset>
      <FormError text={action.error} />
      <button type="submit" className="button button-primary" disabled={action.busy}>
        {join ? t('app.open-do-join') : t('app.open-do-write')}
      </button>
    </form>
  );
}

const fits = ({ networks }: Writing, { network, channel }: Account): boolean =>
  typeof networks === 'string' ? channel === networks : networks.includes(network);

/** The one conversation there is with whom the link names. */
function conversationOf(target: Writing, contacts: Contact[]): string | undefined {
  if (target.join) return undefined;
  const { networks } = target;
  const same = (text: string) => text.toLowerCase() === target.address.toLowerCase();
  const found = contacts.filter(
    ({ buddies, addresses }) =>
      addresses.some(({ kind, value }) => (kind === 'email' ? 'email' : 'sms') === networks && same(value)) ||
      buddies.some(
        ({ network, address }) => same(address) && (typeof networks === 'string' || networks.includes(network)),
      ),
  );
  return found.length === 1 ? (found[0]?.conversationId ?? undefined) : undefined;
}
