import { t } from '../../lib/i18n';
import type { CommandGroup } from './registry';

export const groups: readonly CommandGroup[] = ['go', 'conversation', 'message', 'write', 'view'];

export function groupName(group: CommandGroup): string {
  switch (group) {
    case 'go':
      return t('commands.go');
    case 'conversation':
      return t('commands.conversation');
    case 'message':
      return t('commands.message');
    case 'write':
      return t('commands.write');
    case 'view':
      return t('commands.view');
  }
}
