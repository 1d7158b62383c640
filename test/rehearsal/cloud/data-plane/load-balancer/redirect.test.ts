import { expect } from "chai";
import {
  type RedirectAction,
  redirectLocation,
} from "../../../../../rehearsal/cloud/data-plane/load-balancer/redirect";

const TO_HTTPS: RedirectAction = {
  type: "redirect",
  protocol: "HTTPS",
  host: "#{host}",
  port: "443",
  path: "/#{path}",
  query: "#{query}",
  statusCode: 301,
};

describe("rehearsal/cloud/data-plane/load-balancer/redirect", () => {
  const cases: { title: string; action?: Partial<RedirectAction>; host?: string; url?: string; location: string }[] = [
    { title: "goes to HTTPS with the port, as ELB does", location: "https://users.example.jp:443/users?limit=1" },
    { title: "leaves no lone ?", url: "/", location: "https://users.example.jp:443/" },
    {
      title: "does not repeat a client's port that is not ours",
      host: "users.example.jp:8080",
      location: "https://users.example.jp:443/users?limit=1",
    },
    {
      title: "names a port that a client without the egress proxy can follow",
      host: "users.example.jp:20080",
      location: "https://users.example.jp:20443/users?limit=1",
    },
    {
      title: "fills #{protocol} and #{port} from the request",
      action: { protocol: "#{protocol}", port: "#{port}", host: "www.#{host}" },
      location: "http://www.users.example.jp:80/users?limit=1",
    },
    {
      title: "takes fixed parts as they are",
      action: { host: "example.com", path: "/moved/#{path}", query: "from=#{host}&#{query}" },
      location: "https://example.com:443/moved/users?from=users.example.jp&limit=1",
    },
  ];
  for (const { title, action, host = "users.example.jp", url = "/users?limit=1", location } of cases) {
    it(title, () => {
      const request = { protocol: "http" as const, hostHeader: host, url, port: 80, portOffset: 20000 };
      expect(redirectLocation({ ...TO_HTTPS, ...action }, request)).to.equal(location);
    });
  }
});
