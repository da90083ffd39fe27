'use client';
import { t } from '../../lib/i18n';
import { changeSettings, useSettings } from '../../lib/settings';
import { FormError } from '../../ui/form-error';
import { Switch } from '../../ui/switch';
import { useAction } from '../../ui/use-action';

/** Whether Parley looks where the links of messages lead. */
export function LinkSwitch() {
  const { linkPreviews } = useSettings();
  const action = useAction();
  return (
    <>
      <Switch
        label={t('media.link-previews')}
        help={t('media.link-previews-help')}
        on={linkPreviews}
        disabled={action.busy}
        onChange={(on) => void action.run(() => changeSettings({ linkPreviews: on }))}
      />
      <FormError text={action.error} />
    </>
  );
}
