/** A waveform; what is behind `at` (0 to 1) is played. */
export function Wave({ levels, at }: { levels: readonly number[]; at: number }) {
  return (
    <svg className="wave" viewBox={`0 0 ${levels.length * 3} 28`} preserveAspectRatio="none" aria-hidden="true">
      {levels.map((level, index) => {
        const height = Math.max(2, (level / 100) * 28);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: bars have no other name
            key={index}
            className={(index + 0.5) / levels.length <= at ? 'wave-played' : undefined}
            x={index * 3}
            y={(28 - height) / 2}
            width={2}
            height={height}
            rx={1}
          />
        );
      })}
    </svg>
  );
}
