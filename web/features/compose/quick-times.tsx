import { localOf, type Quick } from './when';

type Props = {
  times: Quick[];
  /** As a `datetime-local` field has it. */
  at: string;
  /** The first of them has the focus as the dialog opens. */
  first?: boolean;
  onPick: (at: string) => void;
};

/** One button a moment; that of the time chosen is pressed. */
export function QuickTimes({ times, at, first = false, onPick }: Props) {
  return times.map((one, index) => (
    <button
      key={one.label}
      type="button"
      className="button"
      data-autofocus={(first && index === 0) || undefined}
      aria-pressed={at === localOf(one.at)}
      onClick={() => onPick(localOf(one.at))}
    >
      {one.label}
    </button>
  ));
}
