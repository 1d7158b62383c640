import { IPv4 } from "ipaddr.js";
import type { ExistingDatabase as Settings } from "../../../../../components/settings/settings";
import { ServedDatabase } from "./served-database";

/** A database of another owner, which exists before any stack: what is at its address is made for the rehearsal. */
export class ExistingDatabase extends ServedDatabase {
  readonly database: string;
  readonly host: string;
  readonly port: number;
  readonly securityGroupIds: string[];
  /** Where clients let themselves out to; undefined where its security group is known. */
  readonly address: string | undefined;

  constructor(
    readonly name: string,
    { database, host, port, securityGroup, cidr }: Settings,
  ) {
    super();
    this.database = database;
    this.host = host;
    this.port = port;
    this.securityGroupIds = securityGroup === undefined ? [] : [securityGroup];
    this.address = cidr && IPv4.networkAddressFromCIDR(cidr).toString();
  }
}
