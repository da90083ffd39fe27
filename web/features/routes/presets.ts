import type { RoutePolicy } from '../../lib/api/types';

/** To start from. */
export const presets: { name: string; about: string; policy: RoutePolicy }[] = [
  {
    name: 'Until it arrives',
    about: 'The next channel once the one before had its time',
    policy: {
      steps: [
        { channels: ['im'] },
        { channels: ['sms'], unless: 'delivered', within: 'PT5M' },
        { channels: ['email'], unless: 'delivered', within: 'PT30M' },
      ],
    },
  },
  {
    name: 'With a copy by mail',
    about: 'IM, SMS if that fails, and a mail to keep',
    policy: {
      steps: [
        { channels: ['im'] },
        { channels: ['sms'], unless: 'delivered', within: 'PT5M' },
        { channels: ['email'] },
      ],
    },
  },
  {
    name: 'Quiet nights',
    about: 'SMS only by day',
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
    name: 'Everything at once',
    about: 'Every channel, for what must not be missed',
    policy: { steps: [{ channels: ['im', 'sms', 'email'], pick: 'all' }] },
  },
];
