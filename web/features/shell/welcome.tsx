'use client';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { link } from '../../lib/router';
import { useAccounts, useConversations, useLoaded } from '../../lib/sync/hooks';
import { Empty } from '../../ui/states';
import { Shortcut } from '../commands/shortcut';

export function Welcome() {
  const accounts = useAccounts();
  const conversations = useConversations();
  const loaded = useLoaded();
  if (!loaded) return <main className="pane" aria-label={t('shell.conversation')} />;
  return (
    <main className="pane pane-center" aria-label={t('shell.conversation')}>
      <h1 className="visually-hidden">Parley</h1>
      {accounts.length === 0 ? (
        <Empty
          title={t('shell.start-title')}
          action={
            <a className="button button-primary" href={link.add()}>
              {t('shell.add-network')}
            </a>
          }
        >
          {t('shell.start')}
        </Empty>
      ) : (
        <Empty title={conversations.length === 0 ? t('shell.nothing-title') : t('shell.choose')}>
          {conversations.length === 0 ? t('shell.nothing') : rich('shell.find', { keys: <Shortcut keys="mod+k" /> })}
        </Empty>
      )}
    </main>
  );
}
