'use client';
import { t } from '../../lib/i18n';
import { changeSettings, useSettings } from '../../lib/settings';
import { Dialog } from '../../ui/dialog';
import { FormError } from '../../ui/form-error';
import { Switch } from '../../ui/switch';
import { useAction } from '../../ui/use-action';
import { groupName, groups } from './groups';
import { useCommands } from './registry';
import { Shortcut } from './shortcut';

/** All shortcuts that work where one is. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const commands = useCommands();
  const { letterKeys } = useSettings();
  const action = useAction();
  return (
    <Dialog title={t('commands.shortcuts')} onClose={onClose} wide>
      <div className="sheet-groups">
        {groups.map((group) => {
          const own = commands.filter((one) => one.group === group && (one.shortcut || one.letters));
          if (own.length === 0) return null;
          return (
            <section key={group} className="sheet-group" aria-labelledby={`sheet-${group}`}>
              <h3 id={`sheet-${group}`}>{groupName(group)}</h3>
              <dl>
                {own.map(({ id, title, shortcut, letters }) => (
                  <div key={id} className="sheet-line">
                    <dt>{title}</dt>
                    <dd>
                      {shortcut && <Shortcut keys={shortcut} />}
                      {letters && (letterKeys || letters === '?') && <Shortcut keys={letters} />}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <Switch
        label={t('commands.letters')}
        help={t('commands.letters-help')}
        on={letterKeys}
        disabled={action.busy}
        onChange={(on) => void action.run(() => changeSettings({ letterKeys: on }))}
      />
      <FormError text={action.error} />
    </Dialog>
  );
}
