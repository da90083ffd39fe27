'use client';
import { useState } from 'react';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useAccounts, useContacts, useUser } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { Icon } from '../../ui/icons';
import { NetworkGlyph } from '../../ui/network-glyph';
import { Page } from '../../ui/page';
import { NetworkChoices } from '../accounts/network-choices';
import { StateLine } from '../accounts/state-line';
import { useNetworks } from '../accounts/use-networks';
import { NewChat } from '../buddies/new-chat';
import { GuideSteps } from './guide-steps';
import { leaveGuide, useGuide } from './use-guide';

/** From nothing to the first conversation. What is done is seen from what there is, so it is kept wherever one stops. */
export function Guide() {
  const user = useUser();
  const { next } = useGuide();
  return (
    <Page title={t('welcome.title', { name: user?.name ?? '' })}>
      <div className="guide">
        <GuideSteps now={next} />
        {next === 'network' && <First admin={user?.role === 'admin'} />}
        {next === 'conversation' && <Second />}
        {next === null && <Ready admin={user?.role === 'admin'} />}
        {next !== null && (
          <p>
            <button type="button" className="link-button" onClick={leaveGuide}>
              {t('welcome.skip')}
            </button>
          </p>
        )}
      </div>
    </Page>
  );
}

function First({ admin }: { admin: boolean }) {
  const { network } = useGuide();
  const { networks } = useNetworks();
  const begun = networks.find((one) => one.id === network);
  return (
    <>
      <p className="prose">{t(admin ? 'welcome.lead' : 'welcome.lead-member')}</p>
      {begun && (
        <a className="button button-primary" href={link.add(begun.id)}>
          {t('welcome.go-on', { network: begun.name })}
        </a>
      )}
      <section className="section" aria-label={t('welcome.choose')}>
        <h2>{t('welcome.choose')}</h2>
        <NetworkChoices />
      </section>
    </>
  );
}

/** At most so many people are proposed. */
const most = 6;

function Second() {
  const accounts = useAccounts();
  const contacts = useContacts().slice(0, most);
  const [writing, setWriting] = useState(false);
  return (
    <>
      <ul className="guide-accounts" aria-label={t('accounts.accounts')}>
        {accounts.map((account) => (
          <li key={account.id} className="guide-account">
            <span className="account-glyph">
              <NetworkGlyph network={account.network} channel={account.channel} size={18} quiet />
            </span>
            <span className="guide-account-text">
              <a className="guide-account-name" href={link.networks}>
                {account.name}
              </a>
              <StateLine account={account} />
            </span>
          </li>
        ))}
      </ul>
      <section className="section" aria-label={t('welcome.write')}>
        <h2>{t('welcome.write')}</h2>
        <p className="muted">{t(contacts.length > 0 ? 'welcome.write-to' : 'welcome.write-first')}</p>
        {contacts.length > 0 && (
          <ul className="choices guide-people">
            {contacts.map((contact) => (
              <li key={contact.id}>
                <a className="choice" href={link.contact(contact)}>
                  <Avatar name={contact.name} seed={contact.id} size={32} presence={contact.presence.state} />
                  <span className="choice-text">
                    <bdi className="choice-name">{contact.name}</bdi>
                  </span>
                  <span className="choice-mark">
                    <Icon name="next" />
                  </span>
                </a>
              </li>
            ))}
          </ul>
        )}
        <div className="login-actions">
          <button type="button" className="button button-primary" onClick={() => setWriting(true)}>
            {t('accounts.start-conversation')}
          </button>
          <a className="button" href={link.add()}>
            {t('accounts.add-another')}
          </a>
        </div>
      </section>
      {writing && <NewChat onClose={() => setWriting(false)} />}
    </>
  );
}

function Ready({ admin }: { admin: boolean }) {
  return (
    <>
      <p className="prose">{t('welcome.ready')}</p>
      <ul className="guide-more">
        <li>{t('welcome.more-people')}</li>
        <li>{t('welcome.more-device')}</li>
        {admin && <li>{t('welcome.more-users')}</li>}
      </ul>
      <div className="login-actions">
        <a className="button button-primary" href={link.home}>
          {t('welcome.to-conversations')}
        </a>
        <a className="button" href={link.add()}>
          {t('accounts.add-another')}
        </a>
        <a className="button" href={link.settings}>
          {t('welcome.to-settings')}
        </a>
      </div>
    </>
  );
}
