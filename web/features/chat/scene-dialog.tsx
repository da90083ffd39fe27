'use client';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { Dialog } from '../../ui/dialog';
import { Choice } from '../settings/choice';
import { patchChat } from './patch-chat';

type Scene = NonNullable<Conversation['scene']>;

/** How one conversation looks, for the user alone, in all their windows. */
export function SceneDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { background = 'plain', density, tools = 'all' } = conversation.scene ?? {};
  const change = (scene: Scene) => void patchChat(conversation.id, { scene: { ...conversation.scene, ...scene } });
  return (
    <Dialog title={t('appearance.scene')} onClose={onClose}>
      <Choice
        name="background"
        label={t('appearance.background')}
        value={background}
        options={[
          { value: 'plain', label: t('appearance.plain') },
          { value: 'paper', label: t('appearance.paper') },
          { value: 'mist', label: t('appearance.mist') },
          { value: 'dusk', label: t('appearance.dusk') },
          { value: 'grid', label: t('appearance.grid') },
        ]}
        onChange={(value) => change({ background: value })}
      />
      <Choice
        name="scene-density"
        label={t('appearance.density')}
        value={density ?? 'usual'}
        options={[
          { value: 'usual', label: t('appearance.as-everywhere') },
          { value: 'comfortable', label: t('appearance.comfortable') },
          { value: 'compact', label: t('appearance.compact') },
        ]}
        onChange={(value) => change({ density: value === 'usual' ? undefined : value })}
      />
      <Choice
        name="tools"
        label={t('appearance.tools')}
        value={tools}
        options={[
          { value: 'all', label: t('appearance.tools-all') },
          { value: 'few', label: t('appearance.tools-few') },
        ]}
        onChange={(value) => change({ tools: value })}
      />
    </Dialog>
  );
}
