//! What every [`Store`] does. Each function gets an empty store of its own; `contract_tests!` makes tests of them all.

mod accounts;
mod applications;
mod call_records;
mod calls;
mod chat;
mod chat_events;
mod group_calls;
mod meetings;
mod push;
mod quality;
mod resources;
mod retention;
mod rooms;
mod samples;
mod subscriptions;
mod surveys;
mod users;

pub use accounts::*;
pub use applications::*;
pub use call_records::*;
pub use calls::*;
pub use chat::*;
pub use chat_events::*;
pub use group_calls::*;
pub use meetings::*;
pub use push::*;
pub use quality::*;
pub use resources::*;
pub use retention::*;
pub use rooms::*;
#[allow(unused_imports)]
pub use samples::{event, started, tell};
pub use subscriptions::*;
pub use surveys::*;
pub use users::*;

/// One test for each function of the contract. `$open` is an async function that returns an empty store and whatever
/// must live as long as it.
macro_rules! contract_tests {
    ($open:path) => {
        contract::contract_tests!($open:
            settings_are_none_until_the_first_start_and_fixed_from_then_on,
            of_many_first_starts_at_once_one_wins,
            another_resource_becomes_the_default_one,
            signing_keys_come_back_as_they_were_the_newest_first,
            a_kid_is_used_once,
            a_resource_is_found_by_its_id_and_each_of_its_hosts_as_it_was,
            a_resource_whose_id_or_host_is_taken_changes_nothing,
            one_access_key_is_replaced_and_the_other_stays,
            a_user_comes_back_as_it_was,
            a_user_id_is_used_once,
            an_import_adds_who_is_missing_and_leaves_the_others,
            each_revocation_raises_the_generation_by_one,
            a_deleted_user_is_gone,
            an_account_is_found_by_user_address_and_subject,
            an_account_is_added_to_a_user_that_is_there_and_follows_its_provider,
            a_password_is_kept_anew_only_in_the_place_of_the_one_that_was_compared,
            a_local_address_and_a_subject_are_used_once_and_a_refused_account_leaves_no_user,
            a_link_is_used_once_and_in_time_and_ends_the_sessions,
            a_session_comes_back_with_its_account_and_takes_the_place_of_the_former_one,
            ending_sessions_ends_all_of_one_user_and_revokes_its_tokens,
            a_deleted_user_has_no_account_and_no_session,
            an_application_comes_back_as_it_was,
            a_place_for_a_secret_is_taken_once_and_is_free_again_when_the_secret_is_removed,
            a_deleted_application_takes_its_secrets_along,
            a_connections_subscription_is_nobodys_to_list_and_goes_when_all_is_told,
            a_subscription_comes_back_as_it_was_and_begins_after_what_happened_before,
            a_checkpoint_keeps_what_was_refused_and_forgets_what_arrived,
            a_dead_letter_is_replayed_by_its_event_or_with_all_others,
            a_deleted_subscription_takes_what_waits_along,
            what_is_deleted_for_its_age_is_no_longer_to_be_delivered,
            what_was_measured_of_legs_is_kept_beside_the_journal_and_after_the_end,
            what_was_measured_goes_with_its_call,
            a_measure_of_a_call_that_never_started_is_refused,
            a_group_call_comes_back_as_it_was_to_its_resource_alone,
            of_two_who_set_a_group_calls_lobby_the_newer_one_wins,
            the_first_push_key_stays,
            a_browser_is_kept_once_for_the_user_who_was_there_last,
            browsers_go_with_the_users_tokens_and_with_the_user,
            of_too_many_browsers_the_oldest_are_forgotten,
            a_survey_is_kept_only_of_a_leg_that_its_user_had,
            a_second_survey_of_a_leg_takes_the_first_ones_place,
            a_meeting_is_found_by_each_of_its_ids_as_it_was,
            a_meeting_whose_id_is_taken_changes_nothing,
            a_change_is_written_on_top_of_the_version_that_it_was_made_from,
            an_external_id_names_one_meeting_of_each_organizer,
            of_many_meetings_with_one_external_id_made_at_once_one_is_made,
            an_organizers_meetings_are_listed_page_by_page,
            a_room_comes_back_as_it_was_to_its_resource_alone,
            a_room_is_changed_on_top_of_the_version_that_the_change_was_made_from,
            a_resources_rooms_are_listed_page_by_page,
            a_room_and_the_answer_to_its_request_are_written_together_or_not_at_all,
            answers_are_forgotten_by_their_time,
            calls_of_groups_and_rooms_are_told_apart,
            a_chat_thread_comes_back_as_it_was_to_who_is_in_it,
            every_kind_of_chat_message_comes_back_as_it_was,
            chat_messages_are_listed_page_by_page_from_a_time_on,
            a_chat_change_is_written_whole_on_top_of_the_version_that_it_was_made_from,
            a_chat_message_is_changed_on_top_of_its_version,
            a_chat_receipt_never_goes_back,
            a_users_chat_threads_are_listed_page_by_page,
            a_deleted_chat_thread_and_a_deleted_user_leave_nothing_behind,
            a_chat_thread_and_the_answer_to_its_request_are_written_together_or_not_at_all,
            what_happens_in_an_apps_thread_is_told_in_the_transaction_of_the_change,
            threads_of_calls_and_meetings_are_not_told_of,
            a_users_end_is_told_in_the_threads_that_it_was_in,
            events_of_threads_wait_to_be_delivered_and_are_forgotten_by_their_age,
            chat_messages_at_the_same_time_each_get_a_place,
            a_calls_own_thread_follows_its_journal_and_is_over_a_day_after_its_end,
            a_thread_that_its_meeting_shut_is_not_listed,
            co_organizers_and_the_topic_follow_a_changed_meeting_into_its_thread,
            every_kind_of_journal_row_comes_back_as_it_was_in_order,
            hostile_text_is_data_and_nothing_else,
            an_empty_batch_is_nothing,
            a_batch_is_written_whole_or_not_at_all,
            an_event_of_a_call_may_be_for_another_resource_than_the_calls,
            a_row_or_an_event_of_a_call_that_never_started_is_refused,
            a_call_starts_once_and_an_event_is_written_once,
            open_calls_are_those_without_an_end,
            the_ended_calls_of_a_meeting_are_listed_page_by_page_the_newest_first,
            calls_are_listed_page_by_page_the_newest_first_with_how_they_ended_and_how_many_came,
            a_list_of_calls_has_those_that_all_conditions_hold_for,
            closing_writes_the_end_of_every_leg_and_call_that_is_open,
            the_outbox_is_read_page_by_page_in_order,
            batches_at_the_same_time_stay_whole_and_in_order,
            what_was_committed_is_read_at_once,
            calls_and_visitors_older_than_they_are_kept_go_with_all_of_theirs_and_nothing_else_does,
        );
    };
    ($open:path: $($name:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let (store, _keep) = $open().await;
                contract::$name(store).await;
            }
        )+
    };
}

pub(crate) use contract_tests;
