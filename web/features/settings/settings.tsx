'use client';
import { useEffect, useState } from 'react';
import { call } from '../../lib/api/client';
import type { User } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { link } from '../../lib/router';
import { useUser } from '../../lib/sync/hooks';
import { signOut } from '../../lib/sync/session';
import { Avatar } from '../../ui/avatar';
import { Icon } from '../../ui/icons';
import { useAction } from '../../ui/use-action';
import { NotificationSettings } from '../attention/notification-settings';
import { ThisDevice } from '../open/this-device';
import { QuarantineSection } from '../quarantine/quarantine';
import { RouteSettings } from '../routes/route-settings';
import { TemplateSettings } from '../templates/template-settings';
import { Appearance } from './appearance';
import { Audiences } from './audiences';
import { DigestSettings } from './digest';
import { PresenceForm } from './presence-form';
import { Privacy } from './privacy';
import { Tokens } from './tokens';
import { UndoSettings } from './undo';
import { Users } from './users';

export function Settings() {
  const user = useUser();
  return (
    <main className="pane" aria-label={t('settings.title')}>
      <header className="pane-head">
        <a className="icon-button back" href={link.home} aria-label={t('settings.back')}>
          <Icon name="back" />
        </a>
        <h1 className="pane-title">{t('settings.title')}</h1>
      </header>
      <div className="pane-scroll">
        {user && (
          <div className="page-column settings">
            <You user={user} />
            <section className="section" aria-label={t('settings.presence')}>
              <h2>{t('settings.presence')}</h2>
              <PresenceForm key={user.presence.note ?? ''} user={user} />
            </section>
            <RouteSettings />
            <UndoSettings user={user} />
            <TemplateSettings />
            <Privacy user={user} />
            <NotificationSettings />
            <DigestSettings />
            <Audiences />
            <Appearance />
            <ThisDevice />
            <QuarantineSection />
            <Tokens user={user} />
            {user.role === 'admin' && <Users />}
            {user.role === 'admin' && <Administration />}
            <Version />
          </div>
        )}
      </div>
    </main>
  );
}

function You({ user }: { user: User }) {
  const action = useAction();
  return (
    <section className="section" aria-label={t('settings.you')}>
      <div className="you">
        <Avatar name={user.name} seed={user.id} size={48} presence={user.presence.state} />
        <div className="you-text">
          <p className="you-name">{user.name}</p>
          <p className="line-sub">
            {user.role === 'admin' ? t('settings.email-admin', { email: user.email }) : user.email}
          </p>
        </div>
        <button type="button" className="button" disabled={action.busy} onClick={() => void action.run(signOut)}>
          <Icon name="signout" /> {t('settings.sign-out')}
        </button>
      </div>
      {action.error && (
        <p className="form-error" role="alert">
          {t('settings.still-in', { why: action.error })}
        </p>
      )}
    </section>
  );
}

function Administration() {
  return (
    <section className="section" aria-label={t('settings.admin')}>
      <h2>{t('settings.admin')}</h2>
      <p className="muted">{t('settings.admin-lead')}</p>
      <p>
        <a className="button" href={link.admin}>
          {t('settings.admin-open')}
        </a>
      </p>
    </section>
  );
}

function Version() {
  const [version, setVersion] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    call('health', { signal: stop.signal }).then(
      (health) => setVersion(health.version),
      () => {},
    );
    return () => stop.abort();
  }, []);
  return version ? <p className="muted version">Parley {version}</p> : null;
}
