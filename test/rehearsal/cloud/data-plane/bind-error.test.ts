import { expect } from "chai";
import { bindErrorMessage } from "../../../../rehearsal/cloud/data-plane/bind-error";

describe("rehearsal/cloud/data-plane/bind-error", () => {
  const place = { name: "Load balancer public-blue", address: "127.66.1.1", port: 20443 };
  const cases: [code: string, platform: NodeJS.Platform, message: RegExp][] = [
    ["EADDRINUSE", "linux", /127\.66\.1\.1:20443: another process already does.*lsof -i :20443.*another port offset/],
    ["EADDRNOTAVAIL", "darwin", /does not have the address\. Add it with: sudo ifconfig lo0 alias 127\.66\.1\.1 up$/],
    ["EADDRNOTAVAIL", "linux", /does not have the address\. Use addresses inside 127\.0\.0\.0\/8/],
    ["EACCES", "linux", /ports below 1024/],
    ["EMFILE", "linux", /: too many files$/],
  ];
  for (const [code, platform, message] of cases) {
    it(`explains ${code} on ${platform}`, () => {
      const text = bindErrorMessage(Object.assign(new Error("too many files"), { code }), place, platform);
      expect(text)
        .to.match(message)
        .and.to.match(/^Load balancer public-blue cannot listen on /);
      expect(text).not.to.include("\n");
    });
  }
});
