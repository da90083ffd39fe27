'use client';
import { useCallback, useEffect, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Device } from '../../lib/api/types';
import { listTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { canPush, ownDevice, turnPushOff, turnPushOn } from '../../lib/push';
import { FormError } from '../../ui/form-error';
import { Icon } from '../../ui/icons';
import { Switch } from '../../ui/switch';
import { useAction } from '../../ui/use-action';
import { keepNotificationWords } from './words';

/** Which browsers are told of messages while no page is looked at, this one first. */
export function Devices() {
  const [devices, setDevices] = useState<Device[] | null>(null);
  const [refused, setRefused] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const action = useAction();
  const load = useCallback(async () => {
    try {
      setDevices((await call('listDevices', {})).items);
      setFailed(null);
    } catch (error) {
      setFailed(messageOf(error));
    }
  }, []);
  useEffect(() => void load(), [load]);
  const own = ownDevice();
  const on = devices?.some(({ id }) => id === own) ?? own !== null;
  const possible = canPush();
  const denied = refused || (possible && Notification.permission === 'denied');
  const turn = (wanted: boolean) =>
    void action.run(async () => {
      if (wanted) {
        await keepNotificationWords();
        setRefused(!(await turnPushOn()));
      } else await turnPushOff();
      await load();
    });
  const remove = (id: string) =>
    void action.run(async () => {
      await call('removeDevice', { params: { id } });
      await load();
    });
  const others = devices?.filter(({ id }) => id !== own) ?? [];
  return (
    <>
      <Switch
        label={t('attention.here')}
        help={possible ? t('attention.here-help') : t('attention.not-here')}
        on={on && !denied}
        disabled={action.busy || !possible}
        onChange={turn}
      />
      {denied && (
        <p className="field-error" role="status">
          {t('attention.denied')}
        </p>
      )}
      <FormError text={action.error ?? failed} />
      {others.length > 0 && (
        <ul className="lines" aria-label={t('attention.other-devices')}>
          {others.map(({ id, device, lastSentAt, createdAt, problem }) => (
            <li key={id} className="line">
              <span className="line-main">
                <span>{device}</span>
                <span className="line-sub">
                  {problem
                    ? t('attention.not-reached', { why: problem })
                    : lastSentAt
                      ? t('attention.last-told', { when: listTime(lastSentAt) })
                      : t('attention.since', { when: listTime(createdAt) })}
                </span>
              </span>
              <button
                type="button"
                className="icon-button"
                aria-label={t('attention.remove-device', { device })}
                title={t('attention.remove-device', { device })}
                disabled={action.busy}
                onClick={() => remove(id)}
              >
                <Icon name="trash" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
