___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Headwater",
  "brand": { "id": "brand_headwater", "displayName": "Headwater" },
  "description": "Loads the Headwater SDK from your own collector, and records events, conversions and sign-ins.",
  "containerContexts": ["WEB"]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "SELECT",
    "name": "action",
    "displayName": "What to do",
    "macrosInSelect": false,
    "simpleValueType": true,
    "defaultValue": "load",
    "selectItems": [
      { "value": "load", "displayValue": "Load the SDK, which records page views" },
      { "value": "track", "displayValue": "Record an event" },
      { "value": "conversion", "displayValue": "Record a conversion" },
      { "value": "identify", "displayValue": "Say who the visitor is" }
    ]
  },
  {
    "type": "TEXT",
    "name": "endpoint",
    "displayName": "Address of your collector",
    "simpleValueType": true,
    "valueHint": "https://t.example.com",
    "enablingConditions": [{ "paramName": "action", "paramValue": "load", "type": "EQUALS" }],
    "valueValidators": [{ "type": "REGEX", "args": ["^https://[^/?#]+(/[^?#]*)?$"] }]
  },
  {
    "type": "TEXT",
    "name": "token",
    "displayName": "Public token",
    "simpleValueType": true,
    "valueHint": "hw_pub_…",
    "enablingConditions": [{ "paramName": "action", "paramValue": "load", "type": "EQUALS" }],
    "valueValidators": [{ "type": "REGEX", "args": ["^hw_pub_.+$"] }]
  },
  {
    "type": "SELECT",
    "name": "consent",
    "displayName": "Consent",
    "macrosInSelect": false,
    "simpleValueType": true,
    "defaultValue": "mode",
    "help": "With consent mode, events wait in memory until analytics_storage is granted.",
    "selectItems": [
      { "value": "mode", "displayValue": "Follow analytics_storage of consent mode" },
      { "value": "granted", "displayValue": "Granted" }
    ],
    "enablingConditions": [{ "paramName": "action", "paramValue": "load", "type": "EQUALS" }]
  },
  {
    "type": "TEXT",
    "name": "load",
    "displayName": "Optional parts",
    "simpleValueType": true,
    "valueHint": "data-layer vitals",
    "help": "data-layer records the ecommerce events of the data layer, so that they need no tags of their own.",
    "enablingConditions": [{ "paramName": "action", "paramValue": "load", "type": "EQUALS" }]
  },
  {
    "type": "TEXT",
    "name": "name",
    "displayName": "Name of the event",
    "simpleValueType": true,
    "enablingConditions": [
      { "paramName": "action", "paramValue": "track", "type": "EQUALS" },
      { "paramName": "action", "paramValue": "conversion", "type": "EQUALS" }
    ]
  },
  {
    "type": "SIMPLE_TABLE",
    "name": "props",
    "displayName": "Properties",
    "simpleTableColumns": [
      { "name": "name", "displayName": "Name", "type": "TEXT", "defaultValue": "" },
      { "name": "value", "displayName": "Value", "type": "TEXT", "defaultValue": "" }
    ],
    "enablingConditions": [
      { "paramName": "action", "paramValue": "track", "type": "EQUALS" },
      { "paramName": "action", "paramValue": "conversion", "type": "EQUALS" }
    ]
  },
  {
    "type": "TEXT",
    "name": "id",
    "displayName": "Order number",
    "simpleValueType": true,
    "enablingConditions": [{ "paramName": "action", "paramValue": "conversion", "type": "EQUALS" }]
  },
  {
    "type": "TEXT",
    "name": "revenueCents",
    "displayName": "Value in minor units, such as cents",
    "simpleValueType": true,
    "enablingConditions": [{ "paramName": "action", "paramValue": "conversion", "type": "EQUALS" }]
  },
  {
    "type": "TEXT",
    "name": "currency",
    "displayName": "Currency",
    "simpleValueType": true,
    "valueHint": "EUR",
    "enablingConditions": [{ "paramName": "action", "paramValue": "conversion", "type": "EQUALS" }]
  },
  {
    "type": "TEXT",
    "name": "userId",
    "displayName": "User id",
    "simpleValueType": true,
    "enablingConditions": [{ "paramName": "action", "paramValue": "identify", "type": "EQUALS" }]
  },
  {
    "type": "TEXT",
    "name": "email",
    "displayName": "E-mail address, hashed on the device",
    "simpleValueType": true,
    "enablingConditions": [{ "paramName": "action", "paramValue": "identify", "type": "EQUALS" }]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

const addConsentListener = require('addConsentListener');
const callInWindow = require('callInWindow');
const copyFromWindow = require('copyFromWindow');
const injectScript = require('injectScript');
const isConsentGranted = require('isConsentGranted');
const makeInteger = require('makeInteger');
const makeTableMap = require('makeTableMap');
const setInWindow = require('setInWindow');

const storage = 'analytics_storage';

// Until sdk.js is here, calls wait in q; it replays them in order.
const call = (verb, subject, details) => {
  if (copyFromWindow('headwater.flush')) callInWindow('headwater.' + verb, subject, details);
  else callInWindow('headwater.q.push', [verb, subject, details]);
};

const load = () => {
  const options = { q: [], endpoint: data.endpoint, token: data.token };
  if (data.load) options.load = data.load;
  if (data.consent === 'mode') {
    options.consent = isConsentGranted(storage) ? 'granted' : 'pending';
    addConsentListener(storage, (type, granted) => call('consent', granted ? 'granted' : 'denied'));
  }
  setInWindow('headwater', options, true);
  const address = data.endpoint + (data.endpoint.slice(-1) === '/' ? '' : '/') + 'sdk.js';
  injectScript(address, data.gtmOnSuccess, data.gtmOnFailure, 'headwater');
};

const propsOf = (rows) => (rows ? makeTableMap(rows, 'name', 'value') || undefined : undefined);

const conversion = () => {
  const details = { props: propsOf(data.props) };
  if (data.id) details.id = data.id;
  if (data.revenueCents) details.revenueCents = makeInteger(data.revenueCents);
  if (data.currency) details.currency = data.currency;
  call('conversion', data.name, details);
};

if (data.action === 'load') {
  load();
} else if (!copyFromWindow('headwater')) {
  data.gtmOnFailure(); // the tag that loads the SDK has to come first
} else {
  if (data.action === 'track') call('track', data.name, propsOf(data.props));
  if (data.action === 'conversion') conversion();
  if (data.action === 'identify') call('identify', data.userId, data.email ? { email: data.email } : undefined);
  data.gtmOnSuccess();
}


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": { "publicId": "access_globals", "versionId": "1" },
      "param": [
        {
          "key": "keys",
          "value": {
            "type": 2,
            "listItem": [
              {"type": 3, "mapKey": [{"type": 1, "string": "key"}, {"type": 1, "string": "read"}, {"type": 1, "string": "write"}, {"type": 1, "string": "execute"}], "mapValue": [{"type": 1, "string": "headwater"}, {"type": 8, "boolean": true}, {"type": 8, "boolean": true}, {"type": 8, "boolean": false}]},
              {"type": 3, "mapKey": [{"type": 1, "string": "key"}, {"type": 1, "string": "read"}, {"type": 1, "string": "write"}, {"type": 1, "string": "execute"}], "mapValue": [{"type": 1, "string": "headwater.flush"}, {"type": 8, "boolean": true}, {"type": 8, "boolean": false}, {"type": 8, "boolean": false}]},
              {"type": 3, "mapKey": [{"type": 1, "string": "key"}, {"type": 1, "string": "read"}, {"type": 1, "string": "write"}, {"type": 1, "string": "execute"}], "mapValue": [{"type": 1, "string": "headwater.q.push"}, {"type": 8, "boolean": true}, {"type": 8, "boolean": false}, {"type": 8, "boolean": true}]},
              {"type": 3, "mapKey": [{"type": 1, "string": "key"}, {"type": 1, "string": "read"}, {"type": 1, "string": "write"}, {"type": 1, "string": "execute"}], "mapValue": [{"type": 1, "string": "headwater.track"}, {"type": 8, "boolean": true}, {"type": 8, "boolean": false}, {"type": 8, "boolean": true}]},
              {"type": 3, "mapKey": [{"type": 1, "string": "key"}, {"type": 1, "string": "read"}, {"type": 1, "string": "write"}, {"type": 1, "string": "execute"}], "mapValue": [{"type": 1, "string": "headwater.conversion"}, {"type": 8, "boolean": true}, {"type": 8, "boolean": false}, {"type": 8, "boolean": true}]},
              {"type": 3, "mapKey": [{"type": 1, "string": "key"}, {"type": 1, "string": "read"}, {"type": 1, "string": "write"}, {"type": 1, "string": "execute"}], "mapValue": [{"type": 1, "string": "headwater.identify"}, {"type": 8, "boolean": true}, {"type": 8, "boolean": false}, {"type": 8, "boolean": true}]},
              {"type": 3, "mapKey": [{"type": 1, "string": "key"}, {"type": 1, "string": "read"}, {"type": 1, "string": "write"}, {"type": 1, "string": "execute"}], "mapValue": [{"type": 1, "string": "headwater.consent"}, {"type": 8, "boolean": true}, {"type": 8, "boolean": false}, {"type": 8, "boolean": true}]}
            ]
          }
        }
      ]
    },
    "clientAnnotations": { "isEditedByUser": true },
    "isRequired": true
  },
  {
    "instance": {
      "key": { "publicId": "inject_script", "versionId": "1" },
      "param": [
        {
          "key": "urls",
          "value": { "type": 2, "listItem": [{ "type": 1, "string": "https://*/*" }] }
        }
      ]
    },
    "clientAnnotations": { "isEditedByUser": true },
    "isRequired": true
  },
  {
    "instance": {
      "key": { "publicId": "access_consent", "versionId": "1" },
      "param": [
        {
          "key": "consentTypes",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  { "type": 1, "string": "consentType" },
                  { "type": 1, "string": "read" },
                  { "type": 1, "string": "write" }
                ],
                "mapValue": [
                  { "type": 1, "string": "analytics_storage" },
                  { "type": 8, "boolean": true },
                  { "type": 8, "boolean": false }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": { "isEditedByUser": true },
    "isRequired": true
  }
]


___TESTS___

scenarios: []


___NOTES___

Import this file under Templates, Tag Templates, New. Make one tag that loads the SDK, on the trigger Initialization, and further
tags for events, conversions and sign-ins.
