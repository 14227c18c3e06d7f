/** A plan's text with its values numbered from 0: the numbers that they have depend on what was made before. */
export function numbered(text: string): string {
  const names = new Map<string, string>();
  return text.replace(/\bv\d+/g, (name) => {
    if (!names.has(name)) names.set(name, `v${names.size}`);
    return names.get(name)!;
  });
}
