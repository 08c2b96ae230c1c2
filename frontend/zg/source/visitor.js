// Who visits, and whether they agreed. One first-party cookie: `zg=VISITOR.SESSION.MILLISECOND[.g]`, or `zg=0` after a no.
import { uuid } from "./text.js";

export const visitor = (settings) => {
  const read = () => (("; " + document.cookie).split("; zg=")[1] || "").split(";")[0].split(".");
  // 395 days: the longest that data protection authorities accept.
  const write = (parts) => {
    document.cookie =
      "zg=" + parts.join(".") + ";path=/;samesite=lax;max-age=34128000" +
      (location.protocol == "https:" ? ";secure" : "") +
      (settings.domain ? ";domain=" + settings.domain : ""); // prettier-ignore
  };
  const objects = () => navigator.doNotTrack == "1" || navigator.globalPrivacyControl;

  return {
    /** Truthy, false, or undefined while the visitor has not been asked. */
    consent: () => {
      const cookie = read();
      if (objects() || cookie[0] == "0") return false;
      return settings.consent != "required" || cookie[3];
    },
    /** Keep the visitor's decision. A no deletes the ids and leaves nothing but itself. */
    decide: (granted) => {
      const [id, session, last] = read();
      if (!objects()) write(granted ? [id > "0" ? id : uuid(Date.now()), session, last, "g"] : ["0"]);
    },
    /** The ids of an event; an act of the visitor prolongs the session, or starts one after 30 idle minutes. */
    ids: (act) => {
      const now = Date.now();
      let [id, session, last, granted] = read();
      id = id || uuid(now);
      if (!session || (act && now - last > 60000 * (settings.idle || 30))) session = uuid(now);
      write([id, session, act || !last ? now : last].concat(granted || []));
      // Where cookies are refused every page would be a new visitor: such visits are not counted at all.
      return read()[0] == id && { visitor_id: id, session_id: session };
    },
  };
};
