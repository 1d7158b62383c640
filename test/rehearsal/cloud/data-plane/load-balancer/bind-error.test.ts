import { expect } from "chai";
import { bindErrorMessage } from "../../../../../rehearsal/cloud/data-plane/load-balancer/bind-error";

describe("bindErrorMessage", () => {
  const place = { who: "Load balancer public-blue", address: "127.66.1.1", port: 20443 };
  const cases: [code: string, platform: NodeJS.Platform, message: RegExp][] = [
    ["EADDRINUSE", "linux", /127\.66\.1\.1:20443: something else does already.*lsof -i :20443.*another port offset/],
    ["EADDRNOTAVAIL", "darwin", /lacks the address\. Add it with: sudo ifconfig lo0 alias 127\.66\.1\.1 up$/],
    ["EADDRNOTAVAIL", "linux", /lacks the address\. Take addresses inside 127\.0\.0\.0\/8/],
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
