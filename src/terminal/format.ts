/** Seconds as a person says them: "45s", "7m 12s", "2h 05m", "3d 04h". */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  const [big, small, names] =
    whole < 3600
      ? [whole / 60, whole % 60, 'ms']
      : whole < 86_400
        ? [whole / 3600, (whole % 3600) / 60, 'hm']
        : [whole / 86_400, (whole % 86_400) / 3600, 'dh'];
  return `${Math.floor(big)}${names[0]} ${String(Math.floor(small)).padStart(2, '0')}${names[1]}`;
}

/** A count with thousands set apart: 28,500. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
