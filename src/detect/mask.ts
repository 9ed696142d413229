/** The text with the secret part of every secret in it replaced by `*`. */
export function maskText(text: string): string {
  return text
    .replace(/(?<![A-Za-z0-9])cio_tp_[A-Za-z0-9]{32}(?![A-Za-z0-9])/g, () => `cio_tp_${'*'.repeat(32)}`)
    .replace(/(?<![A-Za-z0-9])cio[A-Za-z0-9]{32}(?![A-Za-z0-9])/g, () => `cio${'*'.repeat(32)}`)
    .replace(/k3\.secret\.[A-Za-z0-9_-]{64}/g, () => `k3.secret.${'*'.repeat(64)}`);
}
