import { isDeepStrictEqual } from "node:util";
import type { ActionConfig } from "../../../data-plane/load-balancer/types";
import { AwsError, orNotFound } from "../../../kernel/aws-error";
import type { Certificates } from "../../../kernel/ports";
import { type ActionInput, parseActions } from "./actions";
import type { ElbArns } from "./arns";
import { checkAssociation, listenersOf } from "./associations";
import type { DataPlanes } from "./data-planes";
import { DEFAULT_SSL_POLICY, isSslPolicy } from "./ssl-policies";
import type { ElbState, ListenerState } from "./state";
import type { Targets } from "./targets";

/** Quota per load balancer; AWS raises it on request (E12). */
const MAX_LISTENERS = 50;
/** Certificates of a load balancer beside the default ones; AWS raises it on request (E11). */
const MAX_CERTIFICATES = 25;

export interface ListenerInput {
  loadBalancerArn: string;
  settings: ListenerSettings;
}

/** The settings of a listener that ModifyListener can change. */
export interface ListenerSettings {
  port: number;
  protocol: "HTTP" | "HTTPS";
  sslPolicy?: string | undefined;
  certificateArn?: string | undefined;
  defaultActions: ActionInput[];
}

export interface ListenersParts {
  state: ElbState;
  arns: ElbArns;
  dataPlanes: DataPlanes;
  targets: Targets;
  certificates: Certificates;
}

/** ELB's operations on listeners. */
export class Listeners {
  readonly #parts: ListenersParts;

  constructor(parts: ListenersParts) {
    this.#parts = parts;
  }

  /**
   * Creates a listener. Resolves when every node listens, so it fails if the port is in use on this machine. A second
   * call with the same settings returns the existing listener (E12).
   * @throws AwsError LoadBalancerNotFound, DuplicateListener, TooManyListeners, and as `modify`
   * @throws Error with a message of one line if the port is in use on this machine
   */
  async create({ loadBalancerArn, settings }: ListenerInput): Promise<ListenerState> {
    const { state, arns } = this.#parts;
    if (!state.loadBalancers.has(loadBalancerArn)) {
      throw new AwsError("LoadBalancerNotFound", `Load balancer '${loadBalancerArn}' not found`);
    }
    const checked = this.#checked(loadBalancerArn, settings);
    const others = listenersOf(state, loadBalancerArn);
    const same = others.find((other) => other.port === checked.port);
    if (same && isDeepStrictEqual({ ...same, ...checked }, same)) return same;
    this.#checkPort(others, checked.port);
    if (others.length >= MAX_LISTENERS) {
      throw new AwsError("TooManyListeners", "You've reached the limit on the number of listeners per load balancer.");
    }
    const listener: ListenerState = {
      ...checked,
      furtherCertificateArns: [],
      arn: arns.listener(loadBalancerArn),
      loadBalancerArn,
    };
    state.listeners.set(listener.arn, listener);
    await this.#apply(listener, () => state.listeners.delete(listener.arn));
    return listener;
  }

  /**
   * Replaces the settings of a listener.
   * @throws AwsError ListenerNotFound, ValidationError, CertificateNotFound, UnsupportedCertificate (E11), and as for
   *   rules
   */
  async modify(arn: string, settings: ListenerSettings): Promise<ListenerState> {
    const old = this.get(arn);
    const { loadBalancerArn } = old;
    const checked = this.#checked(loadBalancerArn, settings, arn);
    this.#checkPort(
      listenersOf(this.#parts.state, loadBalancerArn).filter((other) => other.arn !== arn),
      checked.port,
    );
    const listener = { ...old, ...checked };
    this.#parts.state.listeners.set(arn, listener);
    await this.#apply(listener, () => this.#parts.state.listeners.set(arn, old));
    this.#release(old);
    return listener;
  }

  /**
   * Performs AddListenerCertificates for one certificate; one that is there already stays.
   * @throws AwsError ListenerNotFound, CertificateNotFound, UnsupportedCertificate, TooManyCertificates (E11)
   */
  async addCertificate(arn: string, certificateArn: string): Promise<void> {
    const old = this.get(arn);
    const { loadBalancerArn, furtherCertificateArns } = old;
    this.#checkCertificate(certificateArn);
    if (furtherCertificateArns.includes(certificateArn)) return;
    const others = listenersOf(this.#parts.state, loadBalancerArn).flatMap((each) => each.furtherCertificateArns);
    if (others.length >= MAX_CERTIFICATES) {
      throw new AwsError(
        "TooManyCertificates",
        "You've reached the limit on the number of certificates per load balancer.",
      );
    }
    const listener = { ...old, furtherCertificateArns: [...furtherCertificateArns, certificateArn] };
    this.#parts.state.listeners.set(arn, listener);
    await this.#apply(listener, () => this.#parts.state.listeners.set(arn, old));
  }

  /**
   * Performs RemoveListenerCertificates for one certificate.
   * @throws AwsError ListenerNotFound
   */
  async removeCertificate(arn: string, certificateArn: string): Promise<void> {
    const old = this.get(arn);
    const left = old.furtherCertificateArns.filter((one) => one !== certificateArn);
    const listener = { ...old, furtherCertificateArns: left };
    this.#parts.state.listeners.set(arn, listener);
    await this.#apply(listener, () => this.#parts.state.listeners.set(arn, old));
    this.#release(old);
  }

  /**
   * Deletes the listener and its rules.
   * @throws AwsError ListenerNotFound
   */
  delete(arn: string): void {
    const { state, dataPlanes, targets } = this.#parts;
    const listener = this.get(arn);
    for (const rule of state.rules.values()) if (rule.listenerArn === arn) state.rules.delete(rule.arn);
    state.listeners.delete(arn);
    this.#release(listener);
    targets.reassess();
    dataPlanes.send(listener.loadBalancerArn);
  }

  find(arn: string): ListenerState | undefined {
    return this.#parts.state.listeners.get(arn);
  }

  /** @throws AwsError ListenerNotFound */
  get(arn: string): ListenerState {
    return orNotFound(this.find(arn), "ListenerNotFound", "One or more listeners not found");
  }

  async #apply(listener: ListenerState, undo: () => void): Promise<void> {
    const { dataPlanes, targets, certificates } = this.#parts;
    targets.reassess();
    try {
      await dataPlanes.push(listener.loadBalancerArn);
    } catch (error) {
      undo();
      targets.reassess();
      dataPlanes.send(listener.loadBalancerArn);
      throw error;
    }
    for (const arn of certificatesOf(listener)) certificates.setInUse(arn, listener.loadBalancerArn, true);
  }

  /** Frees the certificates of a listener as it was that no listener of the load balancer has any more (M5). */
  #release(old: ListenerState): void {
    const { state, certificates } = this.#parts;
    const used = listenersOf(state, old.loadBalancerArn).flatMap(certificatesOf);
    for (const arn of certificatesOf(old))
      if (!used.includes(arn)) certificates.setInUse(arn, old.loadBalancerArn, false);
  }

  #checkPort(others: ListenerState[], port: number): void {
    if (others.every((other) => other.port !== port)) return;
    throw new AwsError("DuplicateListener", "A listener with the specified port already exists");
  }

  #checked(
    loadBalancerArn: string,
    settings: ListenerSettings,
    replaced?: string,
  ): Omit<ListenerState, "arn" | "loadBalancerArn" | "furtherCertificateArns"> {
    const { port, protocol } = settings;
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      throw new AwsError("ValidationError", `Port '${port}' must be between 1 and 65535`);
    }
    const defaultAction: ActionConfig = parseActions(settings.defaultActions, protocol);
    checkAssociation(this.#parts.state, { loadBalancerArn, protocol }, defaultAction, replaced);
    return { port, protocol, ...this.#checkedTls(settings), defaultAction };
  }

  #checkedTls({ protocol, sslPolicy, certificateArn }: ListenerSettings) {
    if (protocol === "HTTP") {
      if (sslPolicy === undefined && certificateArn === undefined) return { sslPolicy: null, certificateArn: null };
      throw new AwsError("ValidationError", "A certificate and an SSL policy cannot be specified for HTTP listeners");
    }
    if (certificateArn === undefined) {
      throw new AwsError("ValidationError", "A certificate must be specified for HTTPS listeners");
    }
    this.#checkCertificate(certificateArn);
    const policy = sslPolicy ?? DEFAULT_SSL_POLICY;
    if (!isSslPolicy(policy)) throw new AwsError("SSLPolicyNotFound", `SSL policy '${policy}' not found`);
    return { sslPolicy: policy, certificateArn };
  }

  #checkCertificate(certificateArn: string): void {
    // Certificates of other Regions are unknown, too (M6).
    if (!this.#parts.certificates.exists(certificateArn)) {
      throw new AwsError("CertificateNotFound", `Certificate '${certificateArn}' not found`);
    }
    if (!this.#parts.certificates.issued(certificateArn)) {
      throw new AwsError(
        "UnsupportedCertificate",
        `The certificate '${certificateArn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
      );
    }
  }
}

function certificatesOf({ certificateArn, furtherCertificateArns }: ListenerState): string[] {
  return [...(certificateArn === null ? [] : [certificateArn]), ...furtherCertificateArns];
}
