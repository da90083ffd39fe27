import { loadAllTexts, t } from '../../lib/i18n';
import { keepWords, type NotificationWords } from '../../lib/notifications';

export function notificationWords(): NotificationWords {
  return {
    lang: document.documentElement.lang,
    dir: document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr',
    newMessage: t('attention.new-message'),
    newMessages: t('attention.several-messages'),
    reminder: t('attention.reminder'),
    snoozed: t('attention.back'),
    file: t('attention.file'),
    reply: t('attention.reply'),
    replyPlaceholder: t('attention.reply-placeholder'),
    markRead: t('attention.mark-read'),
    notSent: t('attention.not-sent'),
  };
}

/** The service worker speaks the language of the page. */
export async function keepNotificationWords(): Promise<void> {
  await loadAllTexts();
  await keepWords(notificationWords());
}
