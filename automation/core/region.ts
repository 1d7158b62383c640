/** Whether a text has the form of an AWS region's name, such as `ap-northeast-1`. */
export function isRegion(text: string): boolean {
  return /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(text);
}
