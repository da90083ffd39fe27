'use client';
import type { RouteStep } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { MenuItem } from '../../ui/menu';
import { channelName, channels } from '../compose/ways';
import { joinBy, toggleChannel, withWithin } from './edit';
import { durationOf, spelled, waitMinutes } from './times';
import { WordMenu } from './word-menu';
import { channelWords, type Proof } from './words';

type Props = { step: RouteStep; nth: number; onChange: (step: RouteStep) => void };

export function ChannelsWord({ step, nth, onChange }: Props) {
  return (
    <WordMenu label={t('routes.channels-of', { nth })} text={channelWords(step)}>
      {channels.map((channel) => (
        <MenuItem
          key={channel}
          box
          keep
          checked={step.channels.includes(channel)}
          onSelect={() => onChange(toggleChannel(step, channel))}
        >
          {channel === 'email' ? t('routes.email') : channelName[channel]}
        </MenuItem>
      ))}
      {step.channels.length > 1 && (
        <>
          <hr className="menu-line" />
          {(['all', 'first'] as const).map((pick) => (
            <MenuItem key={pick} checked={(step.pick ?? 'all') === pick} onSelect={() => onChange({ ...step, pick })}>
              {t(pick === 'all' ? 'routes.all-at-once' : 'routes.first-that-can')}
            </MenuItem>
          ))}
        </>
      )}
    </WordMenu>
  );
}

/** What makes a later step go. `offered`: what a channel before can prove. */
export function JoinWord({ step, nth, offered, bad, onChange }: Props & { offered: Proof[]; bad: boolean }) {
  const { unless } = step;
  const choices = unless && !offered.includes(unless) ? [...offered, unless] : offered;
  const choose = (proof: Proof | undefined) => () => onChange(joinBy(step, proof));
  return (
    <WordMenu
      label={t('routes.when-goes', { nth })}
      text={unless === undefined ? t('routes.in-any-case') : t(`routes.if-not-${unless}`)}
      bad={bad}
    >
      {choices.map((proof) => (
        <MenuItem key={proof} checked={unless === proof} onSelect={choose(proof)}>
          <span className="menu-text">
            <span>{t(`routes.if-not-${proof}`)}</span>
            <span className="menu-sub">{t(`routes.meaning-${proof}`)}</span>
          </span>
        </MenuItem>
      ))}
      <hr className="menu-line" />
      <MenuItem checked={unless === undefined} onSelect={choose(undefined)}>
        <span className="menu-text">
          <span>{t('routes.in-any-case')}</span>
          <span className="menu-sub">{t('routes.whatever-became')}</span>
        </span>
      </MenuItem>
    </WordMenu>
  );
}

const times = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440, 2880, 10_080];

export function TimeWord({ step, nth, onChange }: Props) {
  const now = waitMinutes(step);
  const later = step.unless === undefined;
  const offered = now === 0 || times.includes(now) ? times : [...times, now].sort((a, b) => a - b);
  const wordsOf = (minutes: number) => (later ? t('routes.time-later', { time: spelled(minutes) }) : spelled(minutes));
  const text = later && now === 0 ? t('routes.at-once') : wordsOf(now);
  const choose = (within: string | undefined) => () => onChange(withWithin(step, within));
  return (
    <WordMenu label={t('routes.time-of', { nth })} text={text}>
      {later && (
        <MenuItem checked={now === 0} onSelect={choose(undefined)}>
          {t('routes.at-once')}
        </MenuItem>
      )}
      {offered.map((minutes) => (
        <MenuItem key={minutes} checked={minutes === now} onSelect={choose(durationOf(minutes))}>
          {wordsOf(minutes)}
        </MenuItem>
      ))}
    </WordMenu>
  );
}
