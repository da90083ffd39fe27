'use client';
import { useState } from 'react';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useUser } from '../../lib/sync/hooks';
import { Icon } from '../../ui/icons';
import { Empty } from '../../ui/states';
import { DeadLetters } from './dead-letters';
import { OverviewSection } from './overview';

/** Whoever has no business here: who they are to this server, and where they find what is theirs. */
function OnlyAdmins({ name }: { name: string }) {
  return (
    <Empty
      title={t('admin.only-admins')}
      action={
        <a className="button" href={link.settings}>
          {t('admin.to-settings')}
        </a>
      }
    >
      {t('admin.not-admin', { name })} {t('admin.ask-admin')}
    </Empty>
  );
}

/** For admins: how sending fares for all users, and what came to nothing. */
export function Admin() {
  const user = useUser();
  // What is replayed changes the counts above.
  const [turn, setTurn] = useState(0);
  return (
    <main className="pane" aria-label={t('admin.administration')}>
      <header className="pane-head">
        <a className="icon-button back" href={link.settings} aria-label={t('admin.back-to-settings')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{t('admin.administration')}</h1>
      </header>
      <div className="pane-scroll">
        <div className="page-column page-wide admin">
          {user?.role === 'admin' ? (
            <>
              <OverviewSection turn={turn} />
              <DeadLetters onReplayed={() => setTurn((now) => now + 1)} />
            </>
          ) : (
            <OnlyAdmins name={user?.name ?? ''} />
          )}
        </div>
      </div>
    </main>
  );
}
