import type { NotifyLevel } from '../../lib/api/types';
import { t } from '../../lib/i18n';

export function levelWords(level: NotifyLevel): string {
  switch (level) {
    case 'all':
      return t('attention.all');
    case 'mentions':
      return t('attention.mentions');
    case 'none':
      return t('attention.none');
  }
}
