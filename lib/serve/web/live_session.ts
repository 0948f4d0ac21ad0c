/**
 * One live page: its socket, and the streams that it watches, each with its own loop. It reads the page's messages, and
 * tells the page of the streams.
 */

import { pause } from "../../async/aborted.ts";
import { type Clock, steadyClock } from "../../async/clock.ts";
import { LinkedAbortController } from "../../async/linked_abort_controller.ts";
import { wallClock } from "../../frame/clock.ts";
import { parseAcknowledgement } from "../../wire/live_message.ts";
import { parseLiveRequest, type Watch } from "../../wire/live_request.ts";
import { WireError } from "../../wire/wire_error.ts";
import type { Viewers } from "../viewers.ts";
import { BAD_MESSAGE, type LiveClose, type LiveSocket, PROTOCOL_ERROR, STALLED } from "./live_socket.ts";
import { LiveViews } from "./live_views.ts";
import { StreamsMessages } from "./streams_messages.ts";
import type { ServedStreams } from "./web_app.ts";

/** How often the session looks for streams that have come, gone or changed, in milliseconds. */
const CHECK_MS = 200;

/** While more bytes than this wait for the system to take them, news are left out: pictures come first. */
const MAX_BUFFERED = 262_144;

/** The longest reason of a close, in bytes (RFC 6455, 5.5). */
const MAX_REASON = 123;
