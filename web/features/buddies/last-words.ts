import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';

type Last = NonNullable<Conversation['lastMessage']>;

/** The last message in a line; one that is nothing but files is called by what they are. */
export function lastWords({ text, files = [], deleted }: Last): string {
  if (deleted) return t('buddies.deleted');
  if (text.trim() !== '' || files.length === 0) return text;
  const kinds = new Set(files.map(kindOf));
  const [first] = files;
  if (!first || (kinds.size > 1 && files.length > 1)) return t('buddies.files', { count: files.length });
  const count = files.length;
  switch (kindOf(first)) {
    case 'voice':
      return t('buddies.voice-messages', { count });
    case 'photo':
      return t('buddies.photos', { count });
    case 'video':
      return t('buddies.videos', { count });
    case 'file':
      return count === 1 ? first.name : t('buddies.files', { count });
  }
}

function kindOf({ type, voice }: NonNullable<Last['files']>[number]): 'voice' | 'photo' | 'video' | 'file' {
  if (voice) return 'voice';
  if (type.startsWith('image/')) return 'photo';
  return type.startsWith('video/') ? 'video' : 'file';
}
