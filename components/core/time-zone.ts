/** As IANA writes names, which AWS wants: not an offset, an abbreviation or other capitals, which JavaScript takes as well. */
const NAME = /^(?:UTC|GMT|[A-Z][A-Za-z]+(?:\/[A-Z][A-Za-z0-9_+-]*)+)$/;

/** True for a time zone that IANA names, such as `Asia/Tokyo`. */
export function isTimeZone(zone: string): boolean {
  if (!NAME.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
