/** What the four design documents require of schema.sql: tables with their columns, and tables for later. */

const changing = (columns: string): string[] => ['id', ...columns.split(' '), 'created_at', 'updated_at']
const ofWebsite = (columns: string): string[] => changing(`website_id ${columns}`)

const dimensions =
  'utm_source_id utm_medium_id utm_campaign_id utm_term_id utm_content_id referrer_domain_id landing_page_id'

/** The tables that schema.sql has, all of them document 003's. This list may only grow. */
export const seedTables: { [name: string]: string[] } = {
  organizations: changing(
    'name slug settings billing_status stripe_customer_id stripe_subscription_id plan trial_ends_at subscription_ends_at',
  ),
  accounts: changing('organization_id name slug monthly_orders archived_at'),
  websites: changing('organization_id account_id name url status connection_status connection_error'),
  ingestion_tokens: ofWebsite(
    'name token_prefix token_hash scopes ip_allowlist last_used_at expires_at revoked_at',
  ),
  token_usages: ofWebsite('ingestion_token_id occurred_at ip success error_code request_id'),

  customers: ofWebsite('email_hash status first_seen_at last_seen_at first_touch_id last_touch_id'),
  identities: ofWebsite('type value_hash first_seen_at last_seen_at'),
  customer_identity_links: changing('customer_id identity_id confidence source first_seen_at last_seen_at'),

  sessions_tracking: ofWebsite(
    `customer_id started_at ended_at duration_ms landing_url referrer_url ip user_agent is_bot is_bounced ${dimensions}`,
  ),
  events: ofWebsite(
    `session_id customer_id ingestion_token_id idempotency_key name occurred_at props revenue_cents currency schema_version sdk_version ${dimensions}`,
  ),
  event_dedup_keys: ['id', 'idempotency_key', 'event_id', 'created_at'],
  touches: ofWebsite(`customer_id session_id source_event_id occurred_at type metadata ${dimensions}`),
  conversions: ofWebsite(
    'customer_id session_id event_id occurred_at value_cents currency first_touch_id last_non_direct_touch_id attributed_touch_id attribution_model attribution_weight',
  ),

  landing_pages: ofWebsite('path query_hash full_url_sample first_seen_at'),
  referrer_domains: ofWebsite('domain category first_seen_at'),
  utm_sources: ofWebsite('value first_seen_at'),
  utm_mediums: ofWebsite('value first_seen_at'),
  utm_campaigns: ofWebsite('value first_seen_at'),
  utm_terms: ofWebsite('value first_seen_at'),
  utm_contents: ofWebsite('value first_seen_at'),
}

/**
 * The tables that schema.sql does not have yet. This list may only shrink: a table that is added moves to the list above,
 * with its columns. Documents share names (users, …) for different things, so their columns are looked up then.
 */
export const laterTables: { [document: string]: string[] } = {
  '000': ['cm_user_record'],
  '001': [
    'users',
    'brands',
    'products',
    'ranks',
    'achievement_configs',
    'user_achievements',
    'user_action_log',
    'customer_io_event_queue',
    'user_ai_profiles',
    'customer_io_webhook_log',
    'wishlists',
    'user_goals',
    'referral_codes',
    'referrals',
    'custom_fields',
    'user_custom_field_values',
  ],
  '002': [
    'users',
    'user_sessions',
    'token_blacklist',
    'data_sources',
    'conversations',
    'messages',
    'campaigns',
    'campaign_channels',
    'data_events',
    'recommendation_history',
    'ai_provider_config',
  ],
  '003': [
    'users',
    'invitations',
    'permissions',
    'roles',
    'model_has_permissions',
    'model_has_roles',
    'role_has_permissions',
    'funnels',
    'funnel_steps',
    'website_pixels',
    'sessions',
    'password_reset_tokens',
    'cache',
    'cache_locks',
    'jobs',
    'job_batches',
    'failed_jobs',
  ],
}
