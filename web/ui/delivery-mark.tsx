import type { DeliveryStatus } from '../lib/api/types';
import { t } from '../lib/i18n';

export const statusText = (status: DeliveryStatus): string => t(`common.status-${status}`);

const shapes: Record<DeliveryStatus, string> = {
  queued: 'M8 13.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM8 5v3l2 1.400',
  sending: 'M3 8h9.500M8.800 4.300 12.500 8l-3.700 3.700',
  sent: 'm3.500 8.500 3 3.200 6-7.200',
  delivered: 'm1.500 8.500 3 3.200 6-7.200M8 11.200l.5.500 6-7.200',
  read: 'm1.500 8.500 3 3.200 6-7.200M8 11.200l.5.500 6-7.200',
  failed: 'm4 4 8 8m0-8-8 8',
  unknown: 'M5.500 6a2.500 2.500 0 1 1 3.900 2c-.9.600-1.400 1-1.400 2M8 12.500h.01',
  cancelled: 'M8 13.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM4.200 11.800l7.600-7.600',
};

/** The state of a delivery as a shape: clock, arrow, tick, two ticks, two ticks filled, cross, question mark, struck circle. */
export function DeliveryMark({ status, size = 14 }: { status: DeliveryStatus; size?: number }) {
  return (
    <svg
      className={`mark mark-${status}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role="img"
      aria-label={statusText(status)}
    >
      <title>{statusText(status)}</title>
      {status === 'read' && <rect className="mark-fill" x="0" y="1.500" width="16" height="13" rx="3" />}
      <path d={shapes[status]} />
    </svg>
  );
}
