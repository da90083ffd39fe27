'use client';
import { t } from '../../lib/i18n';
import { rich } from '../../lib/i18n/rich';
import { link } from '../../lib/router';
import { useLoaded } from '../../lib/sync/hooks';
import { Empty } from '../../ui/states';
import { Shortcut } from '../commands/shortcut';
import { useGuide } from '../welcome/use-guide';
import { Guide } from './lazy';

/** Beside the list while no conversation is open: the first steps, or what can be done next. */
export function Welcome() {
  const { guided, next } = useGuide();
  const loaded = useLoaded();
  if (!loaded) return <main className="pane" aria-label={t('shell.conversation')} aria-busy="true" />;
  if (guided) return <Guide />;
  return (
    <main className="pane pane-center" aria-label={t('shell.conversation')}>
      <h1 className="visually-hidden">Parley</h1>
      {next === 'network' ? (
        <Empty
          title={t('shell.start-title')}
          action={
            <>
              <a className="button button-primary" href={link.add()}>
                {t('shell.add-network')}
              </a>
              <a href={link.welcome}>{t('shell.guide')}</a>
            </>
          }
        >
          {t('shell.start')}
        </Empty>
      ) : (
        <Empty title={next === null ? t('shell.choose') : t('shell.nothing-title')}>
          {next === null ? rich('shell.find', { keys: <Shortcut keys="mod+k" /> }) : t('shell.nothing')}
        </Empty>
      )}
    </main>
  );
}
