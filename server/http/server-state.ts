// Defines the state of a server that its responses depend on, which may change while it runs.

import type { ResponseFormat } from '../../dap/protocol.ts';
import type { AccessRules } from '../access/rules.ts';
import type { BuiltinFacts } from '../config/config.ts';
import type { ConfigurationState } from '../config/configuration-state.ts';
import type { HttpLimits } from '../config/http-limits.ts';
import type { ConnectionLimits } from '../connections/connection-limits.ts';
import type { OpenConnections } from '../connections/open-connections.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { WaitingDataset } from '../dataset/waiting.ts';
import type { RowFormat } from '../formats/row-format.ts';
import type { ClockState } from '../machine/clock-watch.ts';
import type { FleetStatus } from '../nats/fleet.ts';
import type { FeedStatus } from '../publish/sink.ts';
import type { OpenStreams } from '../stream/open-streams.ts';
import type { StreamLimits } from '../stream/stream-limits.ts';
import type { CertificateStatus } from '../tls/live-certificate.ts';

/** Whether the server is announced in the network by Avahi. */
export type AnnouncementStatus =
  | { readonly state: 'announced'; readonly name: string; readonly type: string; readonly port: number }
  /** Off by the configuration; absent where Avahi does not run; failed where it refuses, which is tried again. */
  | { readonly state: 'off' | 'absent' | 'failed'; readonly reason: string };

/** Read at each request, never kept: a reload of the configuration changes it. */
export interface ServerState {
  /** The open ones; the first of the configuration also answers at `/.dds` and so on. */
  readonly datasets: readonly Dataset[];
  /** The stream whose datasets are served besides; undefined without one. */
  readonly fleet?: FleetStatus | undefined;
  /** Datasets of the configuration that are not open: their addresses refuse requests for now. */
  readonly waiting?: readonly WaitingDataset[];
  /** Limits that are not given have their defaults. */
  readonly limits?: Partial<StreamLimits & ConnectionLimits & HttpLimits>;
  /** Peers whose X-Forwarded headers are believed; by default those of this machine. */
  readonly trustProxy?: readonly string[];
  /** Addresses and networks of the clients that may connect, besides this machine; by default all. */
  readonly allow?: readonly string[] | undefined;
  /** Names of this server that a request may be addressed to, besides its own; by default all. */
  readonly hosts?: readonly string[] | undefined;
  /** Who may read; by default everyone. */
  readonly access?: AccessRules | undefined;
  /** What is known of datasets that nobody has configured; undefined for those of a configuration. */
  readonly builtin?: BuiltinFacts | undefined;
  /** Origins, such as `https://example.org`, whose pages may read the data in a browser; by default all. */
  readonly origins?: readonly string[];
  /** Origins whose pages may show `/embed.html` in a frame, besides the pages of this server; by default none. */
  readonly frameOrigins?: readonly string[];
  /** Undefined where the configuration is not watched. */
  readonly configuration?: ConfigurationState | undefined;
  /** Undefined where the server speaks plain HTTP. */
  readonly certificate?: CertificateStatus | undefined;
  /** The feeds of a dataset that is published; undefined where none is. */
  readonly publishing?: ((dataset: Dataset) => readonly FeedStatus[]) | undefined;
  /** Undefined where nothing is announced. */
  readonly announcement?: AnnouncementStatus | undefined;
  /** Whether the system clock is synchronised; undefined where it is not watched. */
  readonly clock?: ClockState | undefined;
}

/** The parts of the server that its routes read. */
export interface RouteContext {
  readonly state: ServerState;
  readonly streams: OpenStreams;
  readonly connections: OpenConnections;
  readonly rowFormats: readonly RowFormat[];
  /** All formats that the server offers, for links and buttons. */
  readonly formats: readonly ResponseFormat[];
}
