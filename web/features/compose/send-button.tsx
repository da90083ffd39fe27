'use client';
import { t } from '../../lib/i18n';
import { modifier } from '../../lib/keys';
import { Icon } from '../../ui/icons';

export function SendButton({
  later,
  enterSends,
  disabled,
}: {
  later: boolean;
  enterSends: boolean;
  disabled: boolean;
}) {
  const keys = enterSends ? 'Enter' : `${modifier()}+Enter`;
  return (
    <button
      type="submit"
      className="send"
      aria-label={t(later ? 'compose.schedule' : 'compose.send')}
      title={t(later ? 'compose.schedule-keys' : 'compose.send-keys', { keys })}
      disabled={disabled}
    >
      <Icon name={later ? 'clock' : 'send'} />
    </button>
  );
}
