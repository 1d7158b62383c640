import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { CloudContext } from "../../../kernel/context";
import type { Subnet } from "./subnets";
import type { Vpc } from "./vpcs";

export interface Route {
  /** CIDR block or prefix list id. */
  destination: string;
  /** `local`, or the id of a gateway, NAT gateway or endpoint. */
  target: string;
}

export interface RouteTable {
  id: string;
  vpcId: string;
  /** True for the VPC's main route table, which subnets without an association use. */
  main: boolean;
  routes: Route[];
}

export interface Association {
  id: string;
  routeTableId: string;
  subnetId: string;
}

/** The route tables of the account, with their routes and associations. */
export class RouteTables {
  readonly #byId = new Map<string, RouteTable>();
  readonly #associations = new Map<string, Association>();

  /** @param changed called after each change of a route or an association */
  constructor(
    private readonly context: CloudContext,
    private readonly changed: () => void,
  ) {}

  create(vpc: Vpc, main = false): RouteTable {
    const table: RouteTable = {
      id: `rtb-${this.context.random.hex(17)}`,
      vpcId: vpc.id,
      main,
      routes: [{ destination: vpc.block.toString(), target: "local" }],
    };
    this.#byId.set(table.id, table);
    return table;
  }

  find(id: string): RouteTable | undefined {
    return this.#byId.get(id);
  }

  get(id: string): RouteTable {
    return orNotFound(this.#byId.get(id), "InvalidRouteTableID.NotFound", `The routeTable ID '${id}' does not exist`);
  }

  inVpc(vpcId: string): RouteTable[] {
    return [...this.#byId.values()].filter((table) => table.vpcId === vpcId);
  }

  addRoute(id: string, route: Route): void {
    const table = this.get(id);
    if (table.routes.some(({ destination }) => destination === route.destination)) {
      throw new AwsError("RouteAlreadyExists", `The route identified by ${route.destination} already exists.`);
    }
    table.routes.push(route);
    this.changed();
  }

  replaceRoute(id: string, route: Route): void {
    this.removeRoute(id, route.destination);
    this.get(id).routes.push(route);
    this.changed();
  }

  removeRoute(id: string, destination: string): void {
    const { routes } = this.get(id);
    const index = routes.findIndex((route) => route.destination === destination);
    if (index < 0) {
      throw new AwsError(
        "InvalidRoute.NotFound",
        `no route with destination-cidr-block ${destination} in route table ${id}`,
      );
    }
    routes.splice(index, 1);
    this.changed();
  }

  associate(id: string, subnet: Subnet): Association {
    const table = this.get(id);
    if (table.vpcId !== subnet.vpcId) {
      throw new AwsError(
        "InvalidParameterValue",
        `Route table ${id} and subnet ${subnet.id} belong to different networks`,
      );
    }
    if (this.#associationOf(subnet.id)) {
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `the specified association for route table ${id} conflicts with an existing association`,
      );
    }
    const association: Association = {
      id: `rtbassoc-${this.context.random.hex(17)}`,
      routeTableId: id,
      subnetId: subnet.id,
    };
    this.#associations.set(association.id, association);
    this.changed();
    return association;
  }

  association(id: string): Association | undefined {
    return this.#associations.get(id);
  }

  /**
   * Replaces the subnet's route table in one step. The association keeps its id; EC2 gives it a new one, and the
   * provider follows it.
   */
  moveAssociation(id: string, routeTableId: string): void {
    const association = this.#associations.get(id);
    if (!association) throw associationNotFound(id);
    association.routeTableId = this.get(routeTableId).id;
    this.changed();
  }

  disassociate(id: string): void {
    if (!this.#associations.delete(id)) throw associationNotFound(id);
    this.changed();
  }

  /** Removes the association of a deleted subnet, as AWS does. */
  forgetSubnet(subnetId: string): void {
    const association = this.#associationOf(subnetId);
    if (association) this.#associations.delete(association.id);
  }

  delete(id: string): void {
    const table = this.get(id);
    if (table.main || [...this.#associations.values()].some((one) => one.routeTableId === id)) {
      throw new AwsError("DependencyViolation", `The routeTable '${id}' has dependencies and cannot be deleted.`);
    }
    this.#byId.delete(id);
  }

  /** Deletes the main route table of a deleted VPC. */
  forgetVpc(vpcId: string): void {
    for (const table of this.inVpc(vpcId)) this.#byId.delete(table.id);
  }

  ofSubnet(subnet: Subnet): RouteTable {
    return this.associatedWith(subnet.id) ?? this.inVpc(subnet.vpcId).find((table) => table.main)!;
  }

  /** The table that is associated with a subnet; undefined for a subnet that has the main one. */
  associatedWith(subnetId: string): RouteTable | undefined {
    const association = this.#associationOf(subnetId);
    return association && this.get(association.routeTableId);
  }

  #associationOf(subnetId: string): Association | undefined {
    return [...this.#associations.values()].find((one) => one.subnetId === subnetId);
  }
}

function associationNotFound(id: string): AwsError {
  return new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
}
