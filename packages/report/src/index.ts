export { auditHtml } from './audit-page.js';
export type { ReportAudit, ReportFinding, ReportNotRead } from './audit-model.js';
export { reportHtml } from './report.js';
export type {
  ReportActivity,
  ReportCase,
  ReportDocument,
  ReportFailure,
  ReportInvariant,
  ReportLog,
  ReportLook,
  ReportRecording,
  ReportRun,
  ReportStep,
} from './model.js';

// For other pages with pictures of hosts.
export { Html, markup, type Content } from './html.js';
export { page, type Page } from './page.js';
export { describeHost, drawHost } from './pictures/draw-host.js';
export { guestMarks, type GuestMark } from './pictures/guest-marks.js';
export type {
  CellPicture,
  GuestPages,
  GuestPicture,
  HostPicture,
  PagePicture,
  ThreadPicture,
} from './pictures/model.js';
export { pictureStyles } from './pictures/styles.js';

// For other texts about a run.
export { gistOf } from './gist.js';
