import type { RoutePolicy } from '../../lib/api/types';

type Preset = 'arrives' | 'copy' | 'nights' | 'all';

/** To start from; the texts are named after them. */
export const presets: { key: Preset; policy: RoutePolicy }[] = [
  {
    key: 'arrives',
    policy: {
      steps: [
        { channels: ['im'] },
        { channels: ['sms'], unless: 'delivered', within: 'PT5M' },
        { channels: ['email'], unless: 'delivered', within: 'PT30M' },
      ],
    },
  },
  {
    key: 'copy',
    policy: {
      steps: [
        { channels: ['im'] },
        { channels: ['sms'], unless: 'delivered', within: 'PT5M' },
        { channels: ['email'] },
      ],
    },
  },
  {
    key: 'nights',
    policy: {
      steps: [
        { channels: ['im'] },
        {
          channels: ['sms'],
          unless: 'delivered',
          within: 'PT15M',
          only: {
            quiet: {
              from: '22:00',
              to: '07:00',
              zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
              otherwise: 'wait',
            },
          },
        },
      ],
    },
  },
  {
    key: 'all',
    policy: { steps: [{ channels: ['im', 'sms', 'email'], pick: 'all' }] },
  },
];
