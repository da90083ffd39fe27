'use client';
import { t } from '../../lib/i18n';
import { useUser } from '../../lib/sync/hooks';
import { Avatar } from '../../ui/avatar';
import { Menu } from '../../ui/menu';
import { presenceText } from '../../ui/presence-dot';
import { PresenceForm } from './presence-form';

/** Who I am and how others see me; a click changes it. */
export function OwnPresence() {
  const user = useUser();
  if (!user) return <span />;
  const { state, note } = user.presence;
  const said = presenceText(state);
  const shown = note ?? said;
  const { name } = user;
  return (
    <Menu
      label={
        note
          ? t('session.presence-label-note', { name, note, state: said })
          : t('session.presence-label', { name, shown })
      }
      title={t('session.presence')}
      className="own"
      role="dialog"
      trigger={
        <>
          <Avatar name={user.name} seed={user.id} size={32} presence={state} quiet />
          <span className="own-text">
            <span className="own-name">{user.name}</span> <span className="own-state">{shown}</span>
          </span>
        </>
      }
    >
      {(close) => <PresenceForm user={user} onDone={close} />}
    </Menu>
  );
}
