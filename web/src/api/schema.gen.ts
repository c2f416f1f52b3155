// Generated from the server's OpenAPI document by `npm run types`; do not edit.

export interface paths {
    "/api/v1/annotations/{annotation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Annotation
         * @description One annotation as it stands.
         */
        get: operations["get_annotation_api_v1_annotations__annotation_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/annotations/{annotation_id}/crop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Crop
         * @description An annotation's object as JPEG with a margin around it; a class shows the whole item.
         *
         *     The longer side has at most the next of 64, 96, 160, 320 and 512 pixels, and no more than the image has there.
         */
        get: operations["get_crop_api_v1_annotations__annotation_id__crop_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/annotations/{annotation_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List History
         * @description Every version of an annotation, oldest first.
         */
        get: operations["list_history_api_v1_annotations__annotation_id__history_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/architectures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Architectures
         * @description What can be trained here: tasks, the JSON schema of the parameters, presets and what each costs.
         */
        get: operations["list_architectures_api_v1_architectures_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{assistant_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Assistant
         * @description One assistant: progress, rounds, and what people made of its proposals.
         */
        get: operations["get_assistant_api_v1_assistants__assistant_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Assistant
         * @description Forget an assistant, and take its proposals off the items that nobody has begun.
         */
        delete: operations["delete_assistant_api_v1_assistants__assistant_id__delete"];
        options?: never;
        head?: never;
        /**
         * Update Assistant
         * @description Stop or resume an assistant, or change how it works.
         */
        patch: operations["update_assistant_api_v1_assistants__assistant_id__patch"];
        trace?: never;
    };
    "/api/v1/assistants/{assistant_id}/label-rest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Label Rest
         * @description Propose on all that nobody finished, as a job; its result counts items and objects. Never ground truth.
         */
        post: operations["label_rest_api_v1_assistants__assistant_id__label_rest_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assistants/{assistant_id}/rest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Preview Rest
         * @description What labelling the rest would give, over the threshold; with how often people took what was as sure.
         */
        get: operations["preview_rest_api_v1_assistants__assistant_id__rest_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/comparisons/{comparison_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Comparison
         * @description One decision and its numbers.
         */
        get: operations["get_comparison_api_v1_comparisons__comparison_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/comparisons/{comparison_id}/disagree": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find Disagreements
         * @description Let both models predict items without ground truth, as a job; its result lists those on which they differ.
         */
        post: operations["find_disagreements_api_v1_comparisons__comparison_id__disagree_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/comparisons/{comparison_id}/disagreements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Disagreements
         * @description On which test items champion and challenger differ.
         */
        get: operations["list_disagreements_api_v1_comparisons__comparison_id__disagreements_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/comparisons/{comparison_id}/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Promote Challenger
         * @description Make its challenger the champion; refused when it kept the champion, unless forced with a reason.
         */
        post: operations["promote_challenger_api_v1_comparisons__comparison_id__promote_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/comparisons/{comparison_id}/task": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create Disagreement Task
         * @description Open a task with exactly the items on which the two models differ, most useful first.
         */
        post: operations["create_disagreement_task_api_v1_comparisons__comparison_id__task_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Dataset
         * @description One dataset and its revision.
         */
        get: operations["get_dataset_api_v1_datasets__dataset_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/annotations/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read Annotations
         * @description The annotations of many items at once, now or at a revision.
         */
        post: operations["read_annotations_api_v1_datasets__dataset_id__annotations_batch_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/classify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Classify
         * @description Give whole items a class in one revision, all or none.
         */
        post: operations["classify_api_v1_datasets__dataset_id__classify_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/convert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Convert Shapes
         * @description Change ground truth to another kind of shape, as a job; its result holds the report. A dry run answers with 200.
         *
         *     The whole conversion is one revision of the dataset, and can be undone.
         */
        post: operations["convert_shapes_api_v1_datasets__dataset_id__convert_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/convert/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo Convert
         * @description Give back what a conversion replaced; what was changed since stays, and is counted and named.
         */
        post: operations["undo_convert_api_v1_datasets__dataset_id__convert_undo_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count Items
         * @description How many items there are, by subset.
         */
        get: operations["count_items_api_v1_datasets__dataset_id__counts_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Measure Coverage
         * @description How far what is new lies from what is known: the share that is covered, and examples of what is not.
         */
        post: operations["measure_coverage_api_v1_datasets__dataset_id__coverage_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/crops": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * List Crops
         * @description Annotations of one label in the order asked for; pages stand while others write.
         *
         *     Suspicion is 1 minus the best agreement with what one model predicts on the item: overlap times confidence of the
         *     same label for shapes, the label's probability for classes.
         */
        post: operations["list_crops_api_v1_datasets__dataset_id__crops_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Diff Revisions
         * @description What differs between two revisions, in numbers.
         */
        get: operations["diff_revisions_api_v1_datasets__dataset_id__diff_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/diff/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Item Changes
         * @description The items behind one of those numbers.
         */
        get: operations["list_item_changes_api_v1_datasets__dataset_id__diff_items_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/duplicates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Duplicate Scans
         * @description The scans of a dataset, newest first.
         */
        get: operations["list_duplicate_scans_api_v1_datasets__dataset_id__duplicates_get"];
        put?: never;
        /**
         * Scan Duplicates
         * @description Find exact copies, near duplicates and neighbouring frames, as a job; its result holds ``scan_id``.
         */
        post: operations["scan_duplicates_api_v1_datasets__dataset_id__duplicates_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/embed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Embed Dataset
         * @description Embed what the dataset has and the space lacks, as a job; a first space is made when the project has none.
         */
        post: operations["embed_dataset_api_v1_datasets__dataset_id__embed_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/evaluation-facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Evaluation Facets
         * @description The newest evaluations on this dataset, with how many findings of each type they have, newest first.
         */
        get: operations["list_evaluation_facets_api_v1_datasets__dataset_id__evaluation_facets_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Export
         * @description Export to an archive, or to a folder of the server's machine; only its own user and admins may name one.
         */
        post: operations["start_export_api_v1_datasets__dataset_id__exports_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Count Facets
         * @description How many of the matching items have each value of each field; estimated from a sample when they are many.
         */
        post: operations["count_facets_api_v1_datasets__dataset_id__facets_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Fields
         * @description The fields that the text form of a query may name here, with values to offer where they are few.
         */
        get: operations["list_fields_api_v1_datasets__dataset_id__fields_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/freeze": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Freeze Test
         * @description Freeze the test subset for good; freezing twice changes nothing.
         */
        post: operations["freeze_test_api_v1_datasets__dataset_id__freeze_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Dataset Health
         * @description Blurred, dark, bright, flat and odd images: how many, past which threshold, the worst, and the query for all.
         */
        get: operations["get_dataset_health_api_v1_datasets__dataset_id__health_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start Import
         * @description Import a folder of the server's machine; only its own user and admins may name one.
         */
        post: operations["start_import_api_v1_datasets__dataset_id__imports_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Items
         * @description The items that match, in the query's order, else in the order they were added.
         */
        get: operations["list_items_api_v1_datasets__dataset_id__items_get"];
        put?: never;
        /**
         * Upload Item
         * @description Take in one image. Anything that is not one, or does not decode within the limits, is refused.
         */
        post: operations["upload_item_api_v1_datasets__dataset_id__items_post"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update Items
         * @description Change many items in one revision, all or none.
         */
        patch: operations["update_items_api_v1_datasets__dataset_id__items_patch"];
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/items/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count Items
         * @description How many items match: up to 10,000 for a query, and `is_capped` where counting stopped early.
         */
        get: operations["count_items_api_v1_datasets__dataset_id__items_count_get"];
        put?: never;
        /**
         * Count Found
         * @description As the count, with the query in the body.
         */
        post: operations["count_found_api_v1_datasets__dataset_id__items_count_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/items/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete Items
         * @description Remove many items in one revision, all or none; earlier revisions still hold them.
         */
        post: operations["delete_items_api_v1_datasets__dataset_id__items_delete_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/items/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search Items
         * @description As the list, with the query in the body.
         */
        post: operations["search_items_api_v1_datasets__dataset_id__items_search_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/listings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Open Listing
         * @description List the matching items at one revision; its positions never shift while others write.
         */
        post: operations["open_listing_api_v1_datasets__dataset_id__listings_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/listings/{listing_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Listing
         * @description How many items a listing holds by now, and whether that is all.
         */
        get: operations["get_listing_api_v1_datasets__dataset_id__listings__listing_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/listings/{listing_id}/ids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Ids
         * @description The ids at some positions, for changes to many items at once.
         */
        get: operations["list_ids_api_v1_datasets__dataset_id__listings__listing_id__ids_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/listings/{listing_id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Positions
         * @description The items at some positions, as they stood at the listing's revision.
         */
        get: operations["list_positions_api_v1_datasets__dataset_id__listings__listing_id__items_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/listings/{listing_id}/thumbnails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Thumbnails
         * @description The thumbnails at some positions, one after the other: four bytes with its length (big endian), then a JPEG.
         *
         *     A length of 0 stands for an item without a thumbnail. One answer costs a tenth of a hundred small ones.
         */
        get: operations["get_thumbnails_api_v1_datasets__dataset_id__listings__listing_id__thumbnails_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/maps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Maps
         * @description The dataset's maps, newest first; five are kept of each space.
         */
        get: operations["list_maps_api_v1_datasets__dataset_id__maps_get"];
        put?: never;
        /**
         * Compute Map
         * @description Embed what is missing and lay it out in two dimensions, as a job whose result holds ``map_id``.
         */
        post: operations["compute_map_api_v1_datasets__dataset_id__maps_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Promote Predictions
         * @description Make ground truth of predictions, on record as accepted by this person.
         */
        post: operations["promote_predictions_api_v1_datasets__dataset_id__promote_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/relabel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Relabel
         * @description Give annotations other labels in one revision, all or none; each is a new version by the caller.
         */
        post: operations["relabel_api_v1_datasets__dataset_id__relabel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Revisions
         * @description Who changed it and how, newest first.
         */
        get: operations["list_revisions_api_v1_datasets__dataset_id__revisions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/selections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Dataset Selections
         * @description What was chosen from a dataset, newest first.
         */
        get: operations["list_dataset_selections_api_v1_datasets__dataset_id__selections_get"];
        put?: never;
        /**
         * Create Selection
         * @description Choose the items worth labelling, as a job; its result holds ``selection_id``.
         */
        post: operations["create_selection_api_v1_datasets__dataset_id__selections_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/selections/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Plan Selection
         * @description What a draft would do: its strategy and why, its pool, what is missing; nothing is chosen.
         */
        post: operations["plan_selection_api_v1_datasets__dataset_id__selections_plan_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/similar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find Similar
         * @description The items most like an item, an annotation, a region drawn, words, or examples less counter-examples.
         *
         *     In a space of crops each box or mask is found by itself. What was asked with is left out. The item may be one of
         *     another dataset of the project.
         */
        post: operations["find_similar_api_v1_datasets__dataset_id__similar_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/similar-upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find Similar To Upload
         * @description The items most like an image that is sent along and not kept.
         */
        post: operations["find_similar_to_upload_api_v1_datasets__dataset_id__similar_upload_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Snapshots
         * @description The named revisions, oldest first.
         */
        get: operations["list_snapshots_api_v1_datasets__dataset_id__snapshots_get"];
        put?: never;
        /**
         * Create Snapshot
         * @description Name a revision; it costs the same for any size.
         */
        post: operations["create_snapshot_api_v1_datasets__dataset_id__snapshots_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Annotation Sources
         * @description People, models and imports that the annotations of this dataset come from.
         */
        get: operations["list_annotation_sources_api_v1_datasets__dataset_id__sources_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/datasets/{dataset_id}/split": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Split Dataset
         * @description Give each item without a subset one; nothing that has one moves.
         */
        post: operations["split_dataset_api_v1_datasets__dataset_id__split_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{delivery_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Delivery
         * @description Send a call again now, with all its tries; it keeps its id.
         */
        post: operations["retry_delivery_api_v1_deliveries__delivery_id__retry_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duplicates/{duplicate_scan_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Duplicate Scan
         * @description One scan: how many groups it found, and what they would free.
         */
        get: operations["get_duplicate_scan_api_v1_duplicates__duplicate_scan_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Duplicate Scan
         * @description Forget a scan; what was done with its groups stays.
         */
        delete: operations["delete_duplicate_scan_api_v1_duplicates__duplicate_scan_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duplicates/{duplicate_scan_id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply Duplicates
         * @description Keep groups together in splits, mark their extras, or delete them; without ``dry_run: false`` only say so.
         */
        post: operations["apply_duplicates_api_v1_duplicates__duplicate_scan_id__apply_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duplicates/{duplicate_scan_id}/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Duplicate Groups
         * @description The groups that were found, the largest first; in each, the item that it keeps first.
         */
        get: operations["list_duplicate_groups_api_v1_duplicates__duplicate_scan_id__groups_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Endpoint
         * @description One endpoint, and how to ask it.
         */
        get: operations["get_endpoint_api_v1_endpoints__endpoint_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Endpoint
         * @description Close it for good, with its log, feedback, flags and tokens.
         */
        delete: operations["delete_endpoint_api_v1_endpoints__endpoint_id__delete"];
        options?: never;
        head?: never;
        /**
         * Update Endpoint
         * @description Change its settings or the dataset of flagged traffic, or switch it on or off.
         */
        patch: operations["update_endpoint_api_v1_endpoints__endpoint_id__patch"];
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Changes
         * @description Who served when, oldest first.
         */
        get: operations["list_changes_api_v1_endpoints__endpoint_id__changes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Feedback
         * @description What was said of its answers, newest first.
         */
        get: operations["list_feedback_api_v1_endpoints__endpoint_id__feedback_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/flag-catalogue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Flag Catalogue
         * @description What was flagged or said to be wrong in the last days, in groups of images that look alike.
         *
         *     The first time it takes a while: the features of new images are computed.
         */
        get: operations["get_flag_catalogue_api_v1_endpoints__endpoint_id__flag_catalogue_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/flag-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Flag Rules
         * @description When its answers are flagged, and how often that happened today.
         */
        get: operations["list_flag_rules_api_v1_endpoints__endpoint_id__flag_rules_get"];
        put?: never;
        /**
         * Create Flag Rule
         * @description Add a rule; it looks at what is answered from now on.
         */
        post: operations["create_flag_rule_api_v1_endpoints__endpoint_id__flag_rules_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/flags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Flags
         * @description What its rules flagged, newest first.
         */
        get: operations["list_flags_api_v1_endpoints__endpoint_id__flags_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/flags/task": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create Flags Task
         * @description Put flagged images into a labelling task, with their answers as proposals.
         *
         *     A group of the catalogue, the items named, or else all flagged items that no task has yet.
         */
        post: operations["create_flags_task_api_v1_endpoints__endpoint_id__flags_task_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Endpoint Metrics
         * @description Requests, errors and latency of the last minutes, by model and role.
         */
        get: operations["get_endpoint_metrics_api_v1_endpoints__endpoint_id__metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/predictions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Predictions
         * @description Its log, newest first: all of it, or what was last said to be wrong, was flagged, or has a label.
         */
        get: operations["list_predictions_api_v1_endpoints__endpoint_id__predictions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/predictions/prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prune Predictions
         * @description Remove what is past its retention now, instead of within the hour; or say how much that is.
         */
        post: operations["prune_predictions_api_v1_endpoints__endpoint_id__predictions_prune_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll Back
         * @description Serve the champion before this one again; a variable that the endpoint follows goes back with it.
         */
        post: operations["roll_back_api_v1_endpoints__endpoint_id__rollback_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/serve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Serve Model
         * @description Give a model a role, or take the role away with null. No request is dropped.
         *
         *     The model is loaded and warmed first; one that cannot be loaded changes nothing. Where the endpoint follows a
         *     variable, a new champion becomes the variable's value.
         */
        post: operations["serve_model_api_v1_endpoints__endpoint_id__serve_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Tokens
         * @description The tokens that may ask this endpoint and nothing else; without their secrets.
         */
        get: operations["list_tokens_api_v1_endpoints__endpoint_id__tokens_get"];
        put?: never;
        /**
         * Create Endpoint Token
         * @description Make a token that may ask this endpoint, give it feedback, and nothing else. Its secret is shown this once.
         */
        post: operations["create_endpoint_token_api_v1_endpoints__endpoint_id__tokens_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint_id}/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke Endpoint Token
         * @description Make one of its tokens useless.
         */
        delete: operations["revoke_endpoint_token_api_v1_endpoints__endpoint_id__tokens__token_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint}/feedback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post Feedback
         * @description Say of one of its answers that it is right, wrong, or what is true instead.
         *
         *     `endpoint` is its name or its id. Saying the same again (prediction, verdict, who) is saying it once.
         */
        post: operations["post_feedback_api_v1_endpoints__endpoint__feedback_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint}/feedback-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create Feedback Link
         * @description The address of the page on which an end user says what they think of one answer; good for this answer alone.
         */
        post: operations["create_feedback_link_api_v1_endpoints__endpoint__feedback_link_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{endpoint}/predict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Predict
         * @description Ask it about an image: as a form with the image and what is known about it, or the image's bytes alone.
         *
         *     `endpoint` is its name or its id.
         */
        post: operations["predict_api_v1_endpoints__endpoint__predict_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/evaluations/{evaluation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Evaluation
         * @description One evaluation.
         */
        get: operations["get_evaluation_api_v1_evaluations__evaluation_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/evaluations/{evaluation_id}/examination": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Examine Evaluation
         * @description Confusion, calibration and the worst examples of one evaluation.
         */
        get: operations["examine_evaluation_api_v1_evaluations__evaluation_id__examination_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/evaluations/{evaluation_id}/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * List Item Findings
         * @description What an evaluation found on many items at once, as a grid of them draws it.
         */
        post: operations["list_item_findings_api_v1_evaluations__evaluation_id__findings_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/evaluations/{evaluation_id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Report
         * @description Everything that an evaluation says, computed from its kept outputs and the pinned revision.
         */
        get: operations["get_report_api_v1_evaluations__evaluation_id__report_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/evaluations/{evaluation_id}/thresholds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Thresholds
         * @description What each confidence threshold costs, and the cheapest, in all and for each label.
         */
        get: operations["get_thresholds_api_v1_evaluations__evaluation_id__thresholds_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flag-rules/{flag_rule_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Flag Rule
         * @description Take it away with its flags; items that were made of them stay.
         */
        delete: operations["delete_flag_rule_api_v1_flag_rules__flag_rule_id__delete"];
        options?: never;
        head?: never;
        /**
         * Update Flag Rule
         * @description Change its threshold, its quota, or switch it on or off; what it has flagged stays.
         */
        patch: operations["update_flag_rule_api_v1_flag_rules__flag_rule_id__patch"];
        trace?: never;
    };
    "/api/v1/issues/{issue_id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reply To Issue
         * @description Answer an issue; its state stays what it is.
         */
        post: operations["reply_to_issue_api_v1_issues__issue_id__comments_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/issues/{issue_id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resolve Issue
         * @description Say that an issue is mended.
         */
        post: operations["resolve_issue_api_v1_issues__issue_id__resolve_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Item
         * @description One item, now or at a revision.
         */
        get: operations["get_item_api_v1_items__item_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Item
         * @description Remove an item; earlier revisions still hold it.
         */
        delete: operations["delete_item_api_v1_items__item_id__delete"];
        options?: never;
        head?: never;
        /**
         * Update Item
         * @description Change an item; what is left out stays, and a metadata value of null removes its key.
         */
        patch: operations["update_item_api_v1_items__item_id__patch"];
        trace?: never;
    };
    "/api/v1/items/{item_id}/alike": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * List Alike
         * @description Objects in the same image that look like the given one, best first, each with its shape moved there.
         */
        post: operations["list_alike_api_v1_items__item_id__alike_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/annotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Annotations
         * @description The item's ground truth, and the revision to base a save on.
         */
        get: operations["list_annotations_api_v1_items__item_id__annotations_get"];
        /**
         * Replace Annotations
         * @description Make these the item's ground truth; 409 with both versions when somebody saved in between.
         */
        put: operations["replace_annotations_api_v1_items__item_id__annotations_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change Annotations
         * @description Add, change and remove some; 409 with both versions when somebody saved in between.
         */
        patch: operations["change_annotations_api_v1_items__item_id__annotations_patch"];
        trace?: never;
    };
    "/api/v1/items/{item_id}/annotations/as-of/{revision}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Annotations As Of
         * @description The item's ground truth as it stood at a revision.
         */
        get: operations["list_annotations_as_of_api_v1_items__item_id__annotations_as_of__revision__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/annotations/predictions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Predictions
         * @description What models said about the item, or one of them.
         */
        get: operations["list_predictions_api_v1_items__item_id__annotations_predictions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Comments
         * @description What people said about the item, oldest first.
         */
        get: operations["list_comments_api_v1_items__item_id__comments_get"];
        put?: never;
        /**
         * Add Comment
         * @description Say something about the item: at a place, on an annotation, or in general.
         */
        post: operations["add_comment_api_v1_items__item_id__comments_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Content
         * @description The bytes as they came. Never served as a page: unknown types are sent to be saved.
         */
        get: operations["get_content_api_v1_items__item_id__content_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Findings
         * @description What an evaluation found on this item, surest first; nothing when it did not use the item.
         */
        get: operations["list_findings_api_v1_items__item_id__findings_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/frames": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Frames
         * @description Frames from `start` on as one pack of JPEGs; those of 32 are decoded together, so ask for multiples of 32.
         *
         *     The pack: `WHF1`, how many (u32), for each its number and length (u32 each), then the JPEGs; little-endian. A length
         *     of 0 is a frame that does not decode.
         */
        get: operations["get_frames_api_v1_items__item_id__frames_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/frames/{frame}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Frame
         * @description One frame as JPEG, upright; frames are counted from 0 in the order they are shown.
         */
        get: operations["get_frame_api_v1_items__item_id__frames__frame__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List History
         * @description The revisions that touched the item, newest first: who did what.
         */
        get: operations["list_history_api_v1_items__item_id__history_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Lineage
         * @description Where the item came from, who worked on it, what models say, and which were trained on it.
         */
        get: operations["get_lineage_api_v1_items__item_id__lineage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/outline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Trace Outline
         * @description An outline along edges through the given points (intelligent scissors).
         */
        post: operations["trace_outline_api_v1_items__item_id__outline_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/propagate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Propagate
         * @description Carry shapes on through a video, forwards or backwards; with `ends` from both sides, blended. Nothing is kept.
         *
         *     The keyframes are `by` the tracker and say how sure it is; those of `frame`, and of `to_frame` where it was given,
         *     are not among them.
         */
        post: operations["propagate_api_v1_items__item_id__propagate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/segment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Segment
         * @description The shape that points, a box or four extreme points mean; `problem` says why there is none, or why it is a guess.
         *
         *     `auto` takes SAM when the image is prepared for it or only points are given, else GrabCut.
         */
        post: operations["segment_api_v1_items__item_id__segment_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/segment-features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Features
         * @description What the SAM encoder made of the image, for a decoder in the browser; 409 `features_not_ready` until it has.
         *
         *     Four bytes `WHS1`, the length of a JSON header (u32, little endian), the header (family, width, height, seen_width,
         *     seen_height, tensors: name, shape, start, bytes), then the tensors as little-endian float16; `start` counts from the
         *     first tensor, which begins right after the header, at a multiple of 8.
         */
        get: operations["get_features_api_v1_items__item_id__segment_features_get"];
        put?: never;
        /**
         * Begin Features
         * @description Have the SAM encoder see the image ahead of time, before those asked for earlier; some seconds of a core each.
         */
        post: operations["begin_features_api_v1_items__item_id__segment_features_post"];
        /**
         * Cancel Features
         * @description Take the image out of the queue; what is kept stays, and what runs is finished.
         */
        delete: operations["cancel_features_api_v1_items__item_id__segment_features_delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Thumbnail
         * @description A JPEG of at most a few hundred pixels, upright.
         */
        get: operations["get_thumbnail_api_v1_items__item_id__thumbnail_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/tiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Tile Info
         * @description How the image is cut into tiles.
         */
        get: operations["get_tile_info_api_v1_items__item_id__tiles_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/tiles/{level}/{column}/{row}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Tile
         * @description One tile as JPEG, upright. The first one of an image is made with its neighbours, which takes a moment.
         */
        get: operations["get_tile_api_v1_items__item_id__tiles__level___column___row__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/items/{item_id}/video": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Video
         * @description What is known of a video's frames. The first time it is looked at, which takes a moment.
         */
        get: operations["get_video_api_v1_items__item_id__video_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Job
         * @description One job and how far it is.
         */
        get: operations["get_job_api_v1_jobs__job_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Job
         * @description Ask a job to stop: at once when it waits, at its next step when it runs.
         */
        post: operations["cancel_job_api_v1_jobs__job_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get File
         * @description The archive that an export made, as a zip file.
         */
        get: operations["get_file_api_v1_jobs__job_id__file_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{job_id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Log
         * @description The last lines that the job wrote.
         */
        get: operations["get_log_api_v1_jobs__job_id__log_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log In
         * @description Open a session with email and password; the cookie comes with the answer.
         */
        post: operations["log_in_api_v1_login_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log Out
         * @description End the session, or revoke the token that was sent.
         */
        post: operations["log_out_api_v1_logout_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/magic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Magic
         * @description Which segmenters there are, which one `auto` takes, and where browsers find the decoder.
         */
        get: operations["get_magic_api_v1_magic_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/magic/decoders/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Decoder
         * @description A decoder's file, for browsers that answer clicks themselves with onnxruntime-web.
         */
        get: operations["get_decoder_api_v1_magic_decoders__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maps/{map_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Map
         * @description One map.
         */
        get: operations["get_map_api_v1_maps__map_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maps/{map_id}/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Channels
         * @description What the points can be coloured by.
         */
        get: operations["list_channels_api_v1_maps__map_id__channels_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maps/{map_id}/colours": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Colours
         * @description The colour of each point: 4 bytes with the length of a JSON document, the document, 2-byte category numbers.
         *
         *     The document is described here; it is padded with spaces so that the numbers, one for each point in the order of
         *     the points, begin at a multiple of 4.
         */
        get: operations["get_colours_api_v1_maps__map_id__colours_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maps/{map_id}/items/{point}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Item At
         * @description The item of one point, counted from 0.
         */
        get: operations["get_item_at_api_v1_maps__map_id__items__point__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maps/{map_id}/points": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Points
         * @description Where the points are: ``WMAP``, version 1, their number and 0 as 4-byte numbers, then x and y as 2-byte numbers.
         *
         *     All little-endian; x and y go from -32767 to 32767. The order is the same in every answer about this map, and never
         *     changes: keep it.
         */
        get: operations["get_points_api_v1_maps__map_id__points_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/maps/{map_id}/positions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Positions
         * @description Where each point stands in a listing of the dataset: 4-byte numbers, 4294967295 for those that are not in it.
         *
         *     Raises:
         *         Conflict: The listing is still being filled.
         */
        get: operations["get_positions_api_v1_maps__map_id__positions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Me
         * @description Who is asking.
         */
        get: operations["get_me_api_v1_me_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set My Password
         * @description Set one's own password; the current one is needed, except from this machine's own launch link.
         */
        put: operations["set_my_password_api_v1_me_password_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Model
         * @description One model and everything it came from.
         */
        get: operations["get_model_api_v1_models__model_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Training
         * @description Ask its training to stop: at once when it waits, within seconds when it runs. Its checkpoint stays.
         */
        post: operations["cancel_training_api_v1_models__model_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/clone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Clone Model
         * @description Register a model like this one but for the changes; it is not trained yet.
         */
        post: operations["clone_model_api_v1_models__model_id__clone_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/curves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Curves
         * @description What its training reported, oldest first, each with the seconds since the start; of a running one, so far.
         */
        get: operations["list_curves_api_v1_models__model_id__curves_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/deploy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deploy Model
         * @description Make it the champion of its project, or of the pipeline named.
         */
        post: operations["deploy_model_api_v1_models__model_id__deploy_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/evaluations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Evaluations
         * @description Its evaluations, oldest first.
         */
        get: operations["list_evaluations_api_v1_models__model_id__evaluations_get"];
        put?: never;
        /**
         * Evaluate Model
         * @description Score it on a test subset, as a job; its result names the evaluation.
         */
        post: operations["evaluate_model_api_v1_models__model_id__evaluations_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/folder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download Model
         * @description Its folder as a zip file: ``model.yaml``, ``model.onnx``, ``metrics.jsonl``.
         */
        get: operations["download_model_api_v1_models__model_id__folder_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/outcomes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Outcomes
         * @description What people made of its proposals: accepted, edited or rejected, in all and by label.
         */
        get: operations["get_outcomes_api_v1_models__model_id__outcomes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/predict/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Predict Image
         * @description What it says about an image that is sent along; neither is kept.
         */
        post: operations["predict_image_api_v1_models__model_id__predict_image_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/predict/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Predict Items
         * @description What it says about items, at once; nothing is kept.
         */
        post: operations["predict_items_api_v1_models__model_id__predict_items_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/predictions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Predict Dataset
         * @description Predict a dataset's items, as a job; predictions stand beside the ground truth, never in it.
         */
        post: operations["predict_dataset_api_v1_models__model_id__predictions_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll Back Model
         * @description Make the champion before it the champion again.
         */
        post: operations["roll_back_model_api_v1_models__model_id__rollback_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/train": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Train Model
         * @description Train it, as a job; one that failed or was cancelled may be trained again, or go on from its checkpoint.
         */
        post: operations["train_model_api_v1_models__model_id__train_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/training": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Training
         * @description Where its training stands: job, share done, time left, and whether it can be resumed.
         */
        get: operations["get_training_api_v1_models__model_id__training_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/{model_id}/variants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make Variant
         * @description Make it in another precision where that helps, as a job; its result names the new model and what both cost.
         *
         *     The variant must be evaluated before it may serve.
         */
        post: operations["make_variant_api_v1_models__model_id__variants_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/node-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Node Types
         * @description Every kind of node: its ports, and the JSON schema of its parameters.
         */
        get: operations["list_node_types_api_v1_node_types_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List People
         * @description Everybody who can sign in.
         */
        get: operations["list_people_api_v1_people_get"];
        put?: never;
        /**
         * Create Person
         * @description Add somebody.
         */
        post: operations["create_person_api_v1_people_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{person_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update Person
         * @description Lock somebody out, let them in again, or give them a new password.
         */
        patch: operations["update_person_api_v1_people__person_id__patch"];
        trace?: never;
    };
    "/api/v1/pipeline-schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Pipeline Schema
         * @description The JSON Schema of a definition, with the parameters of every kind of node.
         */
        get: operations["get_pipeline_schema_api_v1_pipeline_schema_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipeline-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Templates
         * @description The pipelines that ship with Whorl.
         */
        get: operations["get_templates_api_v1_pipeline_templates_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipeline-templates/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Template
         * @description The definition of one template, ready to be filled in and applied.
         */
        get: operations["get_template_api_v1_pipeline_templates__name__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Pipeline
         * @description One pipeline at its current version, with its variables' present values.
         */
        get: operations["get_pipeline_api_v1_pipelines__pipeline_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Activate
         * @description Let its triggers fire.
         */
        post: operations["activate_api_v1_pipelines__pipeline_id__activate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deactivate
         * @description Stop its triggers; tokens under way go on.
         */
        post: operations["deactivate_api_v1_pipelines__pipeline_id__deactivate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Dead Letters
         * @description The tokens that used up their tries, with their last error, oldest first.
         */
        get: operations["list_dead_letters_api_v1_pipelines__pipeline_id__dead_letters_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/dead-letters/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Dead Letters
         * @description Try dead letters again, with all their tries.
         */
        post: operations["retry_dead_letters_api_v1_pipelines__pipeline_id__dead_letters_retry_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Deliveries
         * @description The calls of its webhooks, newest first.
         */
        get: operations["list_deliveries_api_v1_pipelines__pipeline_id__deliveries_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Diff Versions
         * @description What differs between two versions of a pipeline.
         */
        get: operations["diff_versions_api_v1_pipelines__pipeline_id__diff_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Ledger
         * @description What its labels cost so far: seconds of people and of machines by step, by skill and by person.
         */
        get: operations["get_ledger_api_v1_pipelines__pipeline_id__ledger_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Logs
         * @description What its nodes said, newest first; about ten thousand lines are kept.
         */
        get: operations["list_logs_api_v1_pipelines__pipeline_id__logs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/nodes/{node}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Tokens
         * @description The tokens of one node in one state; those that are done newest first, all others oldest first.
         */
        get: operations["list_tokens_api_v1_pipelines__pipeline_id__nodes__node__tokens_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause
         * @description Let no node take work; triggers are kept, and begin runs that wait, or dropped.
         */
        post: operations["pause_api_v1_pipelines__pipeline_id__pause_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/rerun": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rerun Failed
         * @description Try again all that failed, or all that failed at one node.
         */
        post: operations["rerun_failed_api_v1_pipelines__pipeline_id__rerun_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume
         * @description Let nodes take work and triggers fire again.
         */
        post: operations["resume_api_v1_pipelines__pipeline_id__resume_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Runs
         * @description Its runs, newest first.
         */
        get: operations["list_runs_api_v1_pipelines__pipeline_id__runs_get"];
        put?: never;
        /**
         * Start Runs
         * @description Start runs by hand: for items or models by id, for what a query finds, or once where a signal enters.
         */
        post: operations["start_runs_api_v1_pipelines__pipeline_id__runs_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Status
         * @description How many runs are in which state, how many tokens are where, and what each node cost so far.
         */
        get: operations["get_status_api_v1_pipelines__pipeline_id__status_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/variables/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set Variable
         * @description Change a variable; every node reads it with its next batch.
         */
        put: operations["set_variable_api_v1_pipelines__pipeline_id__variables__name__put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Versions
         * @description Its versions, newest first.
         */
        get: operations["list_versions_api_v1_pipelines__pipeline_id__versions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Version
         * @description The definition of one version.
         */
        get: operations["get_version_api_v1_pipelines__pipeline_id__versions__version__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pipelines/{pipeline_id}/webhook-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Webhook Secret
         * @description The secret that its webhooks are signed with, made when there is none; with `renew`, a new one.
         */
        post: operations["webhook_secret_api_v1_pipelines__pipeline_id__webhook_secret_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/predictions/{prediction_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Prediction
         * @description One line of the log, with what was said of it and which rules flagged it.
         */
        get: operations["get_prediction_api_v1_predictions__prediction_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/predictions/{prediction_id}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Prediction Image
         * @description The image as it came, while the log keeps it or an item was made of it.
         */
        get: operations["get_prediction_image_api_v1_predictions__prediction_id__image_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Projects
         * @description The projects one has a role in.
         */
        get: operations["list_projects_api_v1_projects_get"];
        put?: never;
        /**
         * Create Project
         * @description Make a project; who makes it owns it.
         */
        post: operations["create_project_api_v1_projects_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Project
         * @description One project.
         */
        get: operations["get_project_api_v1_projects__project_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update Project
         * @description Rename a project or replace its settings.
         */
        patch: operations["update_project_api_v1_projects__project_id__patch"];
        trace?: never;
    };
    "/api/v1/projects/{project_id}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Activity
         * @description What happened lately, newest first: milestones, not each image and label.
         */
        get: operations["list_activity_api_v1_projects__project_id__activity_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Audit
         * @description What was done here that matters for security, newest first.
         */
        get: operations["list_audit_api_v1_projects__project_id__audit_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/augmentation-preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview Augmentation
         * @description Images of a dataset as a training might see them, with the ground truth moved along. Nothing is kept.
         */
        post: operations["preview_augmentation_api_v1_projects__project_id__augmentation_preview_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/champions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Champions
         * @description Where the project's champion is written, and which model it is now.
         */
        get: operations["list_champions_api_v1_projects__project_id__champions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/comparisons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Comparisons
         * @description The decisions between models, newest first.
         */
        get: operations["list_comparisons_api_v1_projects__project_id__comparisons_get"];
        put?: never;
        /**
         * Compare Models
         * @description Compare two models on one revision's test subset, as a job; its result names the comparison.
         *
         *     Whichever is not scored on that revision yet is scored first. The test subset is frozen from then on.
         */
        post: operations["compare_models_api_v1_projects__project_id__comparisons_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Datasets
         * @description The datasets, oldest first; or the one of a name.
         */
        get: operations["list_datasets_api_v1_projects__project_id__datasets_get"];
        put?: never;
        /**
         * Create Dataset
         * @description Make an empty dataset.
         */
        post: operations["create_dataset_api_v1_projects__project_id__datasets_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Endpoints
         * @description The endpoints, newest first.
         */
        get: operations["list_endpoints_api_v1_projects__project_id__endpoints_get"];
        put?: never;
        /**
         * Create Endpoint
         * @description Open an endpoint. With a variable named it serves that variable's champion, now and after each change.
         */
        post: operations["create_endpoint_api_v1_projects__project_id__endpoints_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/evaluations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Evaluations
         * @description The project's evaluations, newest first; of one model or on one dataset when it is named.
         */
        get: operations["list_evaluations_api_v1_projects__project_id__evaluations_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Watch Events
         * @description Server-sent events of a project from a point on; the stream goes on until the client leaves.
         */
        get: operations["watch_events_api_v1_projects__project_id__events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Jobs
         * @description The project's jobs, newest first.
         */
        get: operations["list_jobs_api_v1_projects__project_id__jobs_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Members
         * @description Everybody with a role in the project.
         */
        get: operations["list_members_api_v1_projects__project_id__members_get"];
        /**
         * Set Member
         * @description Give a person a role, and say what they may be asked beyond common work.
         */
        put: operations["set_member_api_v1_projects__project_id__members_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/members/{person_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove Member
         * @description Take a person's role away.
         */
        delete: operations["remove_member_api_v1_projects__project_id__members__person_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/model-table": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Compare Runs
         * @description Models side by side: the parameters that differ, final metrics, cost, and curves for one chart.
         */
        get: operations["compare_runs_api_v1_projects__project_id__model_table_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Models
         * @description The models, newest first.
         */
        get: operations["list_models_api_v1_projects__project_id__models_get"];
        put?: never;
        /**
         * Create Model
         * @description Register a model on a snapshot, or on the dataset's present revision; training reads exactly that.
         */
        post: operations["create_model_api_v1_projects__project_id__models_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/models/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check Model
         * @description A dry run: what such a model would be trained on, how long it would take, what is odd. Nothing is written.
         */
        post: operations["check_model_api_v1_projects__project_id__models_check_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/models/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Model
         * @description Register a model that was made elsewhere. It is tried on one picture, and is trained from then on.
         */
        post: operations["import_model_api_v1_projects__project_id__models_import_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/ontologies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Ontologies
         * @description Every version, newest first.
         */
        get: operations["list_ontologies_api_v1_projects__project_id__ontologies_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/ontology": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Ontology
         * @description The ontology, newest version when none is named.
         */
        get: operations["get_ontology_api_v1_projects__project_id__ontology_get"];
        /**
         * Save Ontology
         * @description Make the next version; saving what is there changes nothing.
         */
        put: operations["save_ontology_api_v1_projects__project_id__ontology_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Overview
         * @description What is at each stage of the loop, the champion over rounds, labels saved, and what waits for whom.
         */
        get: operations["get_overview_api_v1_projects__project_id__overview_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Pipelines
         * @description The pipelines at their current versions, in the order of their making.
         */
        get: operations["list_pipelines_api_v1_projects__project_id__pipelines_get"];
        put?: never;
        /**
         * Apply Pipeline
         * @description Save a pipeline: new, or as the next version of the project's one of the same name.
         */
        post: operations["apply_pipeline_api_v1_projects__project_id__pipelines_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines/convert": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Convert Pipeline
         * @description Write a definition, saved or not, as YAML, JSON or Python; each reads back as the very same.
         */
        post: operations["convert_pipeline_api_v1_projects__project_id__pipelines_convert_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Diff Document
         * @description What a document would change in the project's pipeline of its name; all of it is new where there is none.
         */
        post: operations["diff_document_api_v1_projects__project_id__pipelines_diff_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Dry Run
         * @description Try a definition on a few items: bodies run, nothing is saved; at most half a minute.
         */
        post: operations["dry_run_api_v1_projects__project_id__pipelines_dry_run_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Pipeline
         * @description Turn the JSON of a Dataloop pipeline into a definition, with what became of each part; nothing is saved.
         */
        post: operations["import_pipeline_api_v1_projects__project_id__pipelines_import_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read Document
         * @description The definition that a document holds, in its JSON form; nothing is checked further, and nothing is saved.
         */
        post: operations["read_document_api_v1_projects__project_id__pipelines_read_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/pipelines/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Validate Pipeline
         * @description Everything that keeps a graph from running, and warnings, which do not; empty when there is nothing to say.
         */
        post: operations["validate_pipeline_api_v1_projects__project_id__pipelines_validate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/recipes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Recipes
         * @description The recipes, by name.
         */
        get: operations["list_recipes_api_v1_projects__project_id__recipes_get"];
        put?: never;
        /**
         * Create Recipe
         * @description Make a recipe on the newest ontology.
         */
        post: operations["create_recipe_api_v1_projects__project_id__recipes_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/selections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Project Selections
         * @description What was chosen in a project, newest first.
         */
        get: operations["list_project_selections_api_v1_projects__project_id__selections_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/simulations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Simulations
         * @description What was simulated in a project, newest first.
         */
        get: operations["list_simulations_api_v1_projects__project_id__simulations_get"];
        put?: never;
        /**
         * Create Simulation
         * @description Replay a labelled dataset as if nothing were labelled, as a job; its result holds ``simulation_id``.
         */
        post: operations["create_simulation_api_v1_projects__project_id__simulations_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/spaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Spaces
         * @description The project's spaces, oldest first; the first of whole images is what is meant when none is named.
         */
        get: operations["list_spaces_api_v1_projects__project_id__spaces_get"];
        put?: never;
        /**
         * Create Space
         * @description Make a space; its model is opened once, to see that it embeds. What there is already is embedded on demand.
         */
        post: operations["create_space_api_v1_projects__project_id__spaces_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Tasks
         * @description The tasks with their counts, newest first.
         */
        get: operations["list_tasks_api_v1_projects__project_id__tasks_get"];
        put?: never;
        /**
         * Create Task
         * @description Make an empty task on a dataset.
         */
        post: operations["create_task_api_v1_projects__project_id__tasks_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Service Tokens
         * @description A project's service tokens.
         */
        get: operations["list_service_tokens_api_v1_projects__project_id__tokens_get"];
        put?: never;
        /**
         * Create Service Token
         * @description Make a service token that acts as a role in this project.
         */
        post: operations["create_service_token_api_v1_projects__project_id__tokens_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke Service Token
         * @description Make a service token useless.
         */
        delete: operations["revoke_service_token_api_v1_projects__project_id__tokens__token_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{project_id}/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Views
         * @description The views of a project by name; of one dataset, with those that fit any.
         */
        get: operations["list_views_api_v1_projects__project_id__views_get"];
        put?: never;
        /**
         * Create View
         * @description Keep a query and how its answer is looked at, for everybody in the project.
         */
        post: operations["create_view_api_v1_projects__project_id__views_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Run
         * @description One run.
         */
        get: operations["get_run_api_v1_runs__run_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Run
         * @description End a run: its tokens go, and its items leave people's queues unless somebody has begun with them.
         */
        post: operations["cancel_run_api_v1_runs__run_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run_id}/rerun": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rerun
         * @description Let a run that has ended go again, on the pipeline's present version: all of it, from a node, or what failed.
         */
        post: operations["rerun_api_v1_runs__run_id__rerun_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{run_id}/steps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Steps
         * @description The journey of a run: each node it passed, in order.
         */
        get: operations["list_steps_api_v1_runs__run_id__steps_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/selections/{selection_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Selection
         * @description One selection: how it was made, and how many of its items are labelled by now.
         */
        get: operations["get_selection_api_v1_selections__selection_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Selection
         * @description Forget a selection; its items stay, and so do tasks and snapshots made of it.
         */
        delete: operations["delete_selection_api_v1_selections__selection_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/selections/{selection_id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Items
         * @description What was chosen and why, best first.
         */
        get: operations["list_items_api_v1_selections__selection_id__items_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/selections/{selection_id}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Proof
         * @description What a selection, and those before it from the same dataset, saved against chance, as far as labels tell.
         *
         *     It takes some seconds when labels have changed: ``is_pending`` says to ask again.
         */
        get: operations["get_proof_api_v1_selections__selection_id__proof_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/simulations/{simulation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Simulation
         * @description One simulation: curves, savings, forecasts and what to do.
         */
        get: operations["get_simulation_api_v1_simulations__simulation_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Simulation
         * @description Forget a simulation.
         */
        delete: operations["delete_simulation_api_v1_simulations__simulation_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/spaces/{space_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Space
         * @description One space.
         */
        get: operations["get_space_api_v1_spaces__space_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Space
         * @description Delete a space with its vectors and maps. Images and annotations stay; embedding again makes the same vectors.
         */
        delete: operations["delete_space_api_v1_spaces__space_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/spaces/{space_id}/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Coverage
         * @description How much of a dataset the space holds.
         */
        get: operations["get_coverage_api_v1_spaces__space_id__coverage_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Task
         * @description One task with its counts.
         */
        get: operations["get_task_api_v1_tasks__task_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update Task
         * @description Rename, pause, resume, end or assign a task.
         */
        patch: operations["update_task_api_v1_tasks__task_id__patch"];
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/assistants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Assistants
         * @description The assistants of a task and how far they are, oldest first.
         */
        get: operations["list_assistants_api_v1_tasks__task_id__assistants_get"];
        put?: never;
        /**
         * Create Assistant
         * @description Start an assistant on a labelling task; it waits until enough items are finished, then learns by itself.
         */
        post: operations["create_assistant_api_v1_tasks__task_id__assistants_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit Items
         * @description Finish many items, each by itself: one that cannot be finished keeps none of the others.
         */
        post: operations["submit_items_api_v1_tasks__task_id__bulk_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/issues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Issues
         * @description The issues of a task and of the reviews that look after it, oldest first.
         */
        get: operations["list_issues_api_v1_tasks__task_id__issues_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Task Items
         * @description Where each item of the task stands.
         */
        get: operations["list_task_items_api_v1_tasks__task_id__items_get"];
        put?: never;
        /**
         * Add Task Items
         * @description Put items into the queue; those already there are left alone.
         */
        post: operations["add_task_items_api_v1_tasks__task_id__items_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items/{item_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Task Item
         * @description Where one item stands in the task.
         */
        get: operations["get_task_item_api_v1_tasks__task_id__items__item_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items/{item_id}/answers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Answers
         * @description What each of several people said about an item; nothing until their answers are fused.
         */
        get: operations["list_answers_api_v1_tasks__task_id__items__item_id__answers_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items/{item_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve Item
         * @description Accept an item's work, with own corrections when given; open issues block it.
         */
        post: operations["approve_item_api_v1_tasks__task_id__items__item_id__approve_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items/{item_id}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Discard Item
         * @description Say that an item cannot be worked on, and why.
         */
        post: operations["discard_item_api_v1_tasks__task_id__items__item_id__discard_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items/{item_id}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Save Draft
         * @description Keep unfinished work; it is nobody's truth until submitted.
         */
        put: operations["save_draft_api_v1_tasks__task_id__items__item_id__draft_put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items/{item_id}/heartbeat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Heartbeat
         * @description Keep a lease for another term.
         */
        post: operations["heartbeat_api_v1_tasks__task_id__items__item_id__heartbeat_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items/{item_id}/issues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Raise Issue
         * @description Say what needs mending; the author gets the item again.
         */
        post: operations["raise_issue_api_v1_tasks__task_id__items__item_id__issues_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items/{item_id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release
         * @description Give an item back unfinished.
         */
        post: operations["release_api_v1_tasks__task_id__items__item_id__release_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/items/{item_id}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submit Item
         * @description Finish an item; repeating it changes nothing. 409 with both versions when somebody saved in between.
         *
         *     Labels that left the ontology meanwhile are listed (409 label_gone), and the work is kept as the item's draft.
         */
        post: operations["submit_item_api_v1_tasks__task_id__items__item_id__submit_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/leases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Leases
         * @description The leases one holds, to go on after a reload.
         */
        get: operations["list_leases_api_v1_tasks__task_id__leases_get"];
        put?: never;
        /**
         * Lease Next
         * @description Take up to n items, or those named, to work on; empty when nothing waits. A review task needs a reviewer.
         */
        post: operations["lease_next_api_v1_tasks__task_id__leases_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task_id}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List People
         * @description Who does what in the task and how fast, the busiest first.
         */
        get: operations["list_people_api_v1_tasks__task_id__people_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List My Tokens
         * @description One's own personal tokens.
         */
        get: operations["list_my_tokens_api_v1_tokens_get"];
        put?: never;
        /**
         * Create My Token
         * @description Make a personal token; it may do what its person may.
         */
        post: operations["create_my_token_api_v1_tokens_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{token_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke My Token
         * @description Make a personal token useless.
         */
        delete: operations["revoke_my_token_api_v1_tokens__token_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trigger-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Trigger Events
         * @description Every kind of event that triggers may wait for, and what it is about.
         */
        get: operations["list_trigger_events_api_v1_trigger_events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views/{view_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete View
         * @description Forget a view; the items are not touched.
         */
        delete: operations["delete_view_api_v1_views__view_id__delete"];
        options?: never;
        head?: never;
        /**
         * Update View
         * @description Rename a view, or give it another query or lens; what is left out stays.
         */
        patch: operations["update_view_api_v1_views__view_id__patch"];
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Health
         * @description Whether the server and its database answer.
         */
        get: operations["get_health_healthz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AlikeAnswer
         * @description Objects that look alike, best first; the given one is not among them.
         */
        AlikeAnswer: {
            /** Milliseconds */
            milliseconds: number;
            /** Objects */
            objects: components["schemas"]["AlikeObject"][];
        };
        /**
         * AlikeObject
         * @description One of them.
         */
        AlikeObject: {
            /** Geometry */
            geometry: components["schemas"]["ClassTag"] | components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"] | components["schemas"]["Mask"] | components["schemas"]["Track"];
            /** Score */
            score: number;
        };
        /**
         * AlikeRequest
         * @description Find objects that look like this one in the same image.
         */
        AlikeRequest: {
            box?: components["schemas"]["Box"] | null;
            /** Frame */
            frame?: number | null;
            /**
             * Limit
             * @default 50
             */
            limit: number;
            /**
             * Min Score
             * @default 0.5
             */
            min_score: number;
            polygon?: components["schemas"]["Polygon"] | null;
        };
        /**
         * Annotation
         * @description One statement about an item, as it stood at a revision.
         */
        Annotation: {
            /** Attributes */
            attributes?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Author Id */
            author_id: string;
            author_kind: components["schemas"]["AuthorKind"];
            /** Born Rev */
            born_rev: number;
            /** Confidence */
            confidence?: number | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Died Rev
             * @description Revision that replaced or removed it; null while it stands.
             */
            died_rev?: number | null;
            /** From Prediction */
            from_prediction?: string | null;
            /** Geometry */
            geometry: components["schemas"]["ClassTag"] | components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"] | components["schemas"]["Mask"] | components["schemas"]["Track"];
            /** Id */
            id: string;
            /** Item Id */
            item_id: string;
            /** Label */
            label: string;
            layer: components["schemas"]["Layer"];
            /**
             * Missed By
             * @description The model whose predictions were shown when a person added this.
             */
            missed_by?: string | null;
            origin: components["schemas"]["Origin"];
        };
        /**
         * AnnotationDraft
         * @description An annotation to be saved.
         */
        AnnotationDraft: {
            /** Attributes */
            attributes?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Confidence */
            confidence?: number | null;
            /**
             * From Prediction
             * @description Id of the prediction this accepts or edits.
             */
            from_prediction?: string | null;
            /** Geometry */
            geometry: components["schemas"]["ClassTag"] | components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"] | components["schemas"]["Mask"] | components["schemas"]["Track"];
            /**
             * Id
             * @description Id of the annotation this replaces; null for a new one.
             */
            id?: string | null;
            /** Label */
            label: string;
        };
        /**
         * AnnotationsChange
         * @description Changes to an item's ground truth; annotations that are not mentioned stay.
         */
        AnnotationsChange: {
            /** Annotations */
            annotations?: components["schemas"]["AnnotationDraft"][];
            /** Base Revision */
            base_revision: number;
            /** Removed Ids */
            removed_ids?: string[];
        };
        /**
         * AnnotationSource
         * @description Somebody or something that annotations of a dataset come from.
         */
        AnnotationSource: {
            /** Annotations */
            annotations: number;
            /** Author Id */
            author_id: string;
            author_kind: components["schemas"]["AuthorKind"];
            /**
             * Is Sampled
             * @description The numbers are estimated from a sample of the items.
             * @default false
             */
            is_sampled: boolean;
            /** Items */
            items: number;
            layer: components["schemas"]["Layer"];
            /** Name */
            name: string;
        };
        /**
         * AnnotationsReplace
         * @description The whole ground truth of an item; what is not among these is removed.
         */
        AnnotationsReplace: {
            /** Annotations */
            annotations: components["schemas"]["AnnotationDraft"][];
            /**
             * Base Revision
             * @description The revision that came with the annotations that this began from.
             */
            base_revision: number;
        };
        /**
         * AnnotationsWanted
         * @description Items whose annotations are to be read at once; those that do not stand in the dataset are left out.
         */
        AnnotationsWanted: {
            /**
             * As Of
             * @description A revision to read at; now when left out.
             */
            as_of?: number | null;
            /** Item Ids */
            item_ids: string[];
            /** Layers */
            layers?: components["schemas"]["Layer"][];
        };
        /**
         * Approve
         * @description Accept an item's work. In a review task with the lease's token.
         */
        Approve: {
            /**
             * Active Seconds
             * @description Seconds of work since the last call that said so, idle time left out; capped by the server's clock.
             * @default 0
             */
            active_seconds: number;
            /**
             * Annotations
             * @description The reviewer's own corrections.
             */
            annotations?: components["schemas"]["AnnotationDraft"][] | null;
            /**
             * Base Revision
             * @description Needed with annotations.
             */
            base_revision?: number | null;
            /** Lease Token */
            lease_token?: string | null;
            /**
             * Rejected Ids
             * @description Predictions that were looked at and refused.
             */
            rejected_ids?: string[];
            /** Removed Ids */
            removed_ids?: string[];
        };
        /**
         * Architecture
         * @description A kind of model that can be trained here.
         */
        Architecture: {
            /**
             * Install Hint
             * @description How to get what is missing.
             * @default
             */
            install_hint: string;
            /** Is Available */
            is_available: boolean;
            /**
             * Name
             * @description As a model names it, such as builtin:tinydet.
             */
            name: string;
            /**
             * Needs
             * @description Packages that are missing here.
             */
            needs: string[];
            /**
             * Params Schema
             * @description JSON Schema of its parameters, with defaults and bounds.
             */
            params_schema: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Presets
             * @description speed, balance and accuracy.
             */
            presets: {
                [key: string]: components["schemas"]["ArchitecturePreset"];
            };
            /** Summary */
            summary: string;
            /**
             * Takes Augment
             * @description Whether augmentation changes anything.
             */
            takes_augment: boolean;
            /**
             * Tasks
             * @description What models of it can say; the first is the usual one.
             */
            tasks: string[];
            /** Title */
            title: string;
        };
        /**
         * ArchitecturePreset
         * @description Parameters that go together, and what they cost.
         */
        ArchitecturePreset: {
            /** About */
            about: string;
            /** Params */
            params: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * Assistant
         * @description An assistant and how far it is.
         */
        Assistant: {
            /**
             * Accepted
             * @description Of all proposals that people decided about.
             */
            accepted: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Edited */
            edited: number;
            /** Error */
            error: string | null;
            /** Id */
            id: string;
            /**
             * Job Id
             * @description The training under way.
             */
            job_id: string | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "class" | "box" | "mask";
            /** Model Id */
            model_id: string | null;
            /**
             * N Finished
             * @description Finished items of the task now.
             */
            n_finished: number;
            /**
             * N Needed
             * @description Finished items at which it trains next.
             */
            n_needed: number;
            /**
             * Progress
             * @description Towards the next training, from the one before.
             */
            progress: number;
            /** Rejected */
            rejected: number;
            /** Rounds */
            rounds: components["schemas"]["AssistantRound"][];
            settings: components["schemas"]["AssistantCreate"];
            /**
             * Shows From
             * @description Proposals are shown from this confidence on: min_confidence, or surer.
             */
            shows_from: number;
            /**
             * Status
             * @enum {string}
             */
            status: "waiting" | "training" | "ready" | "stopped" | "failed";
            /** Task Id */
            task_id: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * AssistantCreate
         * @description An assistant for a labelling task.
         */
        AssistantCreate: {
            /**
             * Adapts
             * @description Of objects it shows only surer ones than min_confidence where the others cost people more than they saved, on items held out or among those decided about: one key to refuse, two clicks to draw.
             * @default true
             */
            adapts: boolean;
            /**
             * Again After
             * @description It trains again when the finished items have grown by this share.
             * @default 0.5
             */
            again_after: number;
            /**
             * Architecture
             * @description Null: the built-in for its kind.
             */
            architecture?: string | null;
            /**
             * Budget Seconds
             * @description Longest training of one round.
             * @default 120
             */
            budget_seconds: number;
            /**
             * First Items
             * @description Finished items before it first trains; null: 10, of classes 20.
             */
            first_items?: number | null;
            /**
             * Kind
             * @description What it proposes; null: as the task's recipe says.
             */
            kind?: ("class" | "box" | "mask") | null;
            /**
             * Labels
             * @description Only these; empty: all.
             */
            labels?: string[];
            /**
             * Min Confidence
             * @description Surer proposals are shown.
             * @default 0.3
             */
            min_confidence: number;
            /**
             * Params
             * @description Of the training.
             */
            params?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Reorders
             * @description Put first what it would learn most from.
             * @default true
             */
            reorders: boolean;
        };
        /**
         * AssistantRound
         * @description One training of an assistant.
         */
        AssistantRound: {
            /**
             * Accepted
             * @description Proposals of this round that people took as they were.
             */
            accepted: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Edited */
            edited: number;
            /**
             * Metrics
             * @description What it scored on items held out, where there were enough.
             */
            metrics: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Model Id */
            model_id: string;
            /** N Items */
            n_items: number;
            /** N Objects */
            n_objects: number;
            /**
             * N Proposed
             * @description Items it proposed something for.
             */
            n_proposed: number;
            /** Rejected */
            rejected: number;
            /** Round */
            round: number;
            /** Seconds */
            seconds: number;
        };
        /**
         * AssistantUpdate
         * @description What to change; what is left out stays.
         */
        AssistantUpdate: {
            /** Adapts */
            adapts?: boolean | null;
            /** Again After */
            again_after?: number | null;
            /** Is Stopped */
            is_stopped?: boolean | null;
            /** Min Confidence */
            min_confidence?: number | null;
            /** Reorders */
            reorders?: boolean | null;
        };
        /**
         * Attribute
         * @description A property an annotation may carry besides its label.
         */
        Attribute: {
            /**
             * Choices
             * @description Allowed values, for type choice only.
             */
            choices?: string[];
            /**
             * Labels
             * @description Labels it applies to; empty for all.
             */
            labels?: string[];
            /** Name */
            name: string;
            type: components["schemas"]["AttributeType"];
        };
        /**
         * AttributeType
         * @description What values an attribute takes.
         * @enum {string}
         */
        AttributeType: "text" | "number" | "flag" | "choice";
        /**
         * AuditEntry
         * @description Something security-relevant that somebody did.
         */
        AuditEntry: {
            /** Action */
            action: string;
            /** Actor Id */
            actor_id: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Details */
            details: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Id */
            id: number;
            /** Subject */
            subject: string;
        };
        /**
         * Augment
         * @description How a training image may be changed at random each time it is seen; boxes and masks follow.
         */
        Augment: {
            /**
             * Blur
             * @description Blur by up to this many pixels (sigma).
             * @default 0
             */
            blur: number;
            /**
             * Brightness
             * @description Lift or lower by up to this many gray levels.
             * @default 20
             */
            brightness: number;
            /**
             * Contrast
             * @description Contrast times 1 plus or minus up to this.
             * @default 0.25
             */
            contrast: number;
            /**
             * Flip
             * @description Mirror left and right, half of the time.
             * @default true
             */
            flip: boolean;
            /**
             * Flip Vertical
             * @description Mirror top and bottom, half of the time.
             * @default false
             */
            flip_vertical: boolean;
            /**
             * Hue
             * @description Turn the hue by up to this many degrees.
             * @default 0
             */
            hue: number;
            /**
             * Jpeg
             * @description JPEG with a quality from this to 95; 0 leaves it out.
             * @default 0
             */
            jpeg: number;
            /**
             * Noise
             * @description Noise of up to this many gray levels (sigma).
             * @default 0
             */
            noise: number;
            /**
             * Rotate
             * @description Turn by up to this many degrees, either way.
             * @default 0
             */
            rotate: number;
            /**
             * Saturation
             * @description Saturation times 1 plus or minus up to this.
             * @default 0
             */
            saturation: number;
            /**
             * Scale High
             * @description Enlarge up to this factor; what stands out is cut.
             * @default 1.4
             */
            scale_high: number;
            /**
             * Scale Low
             * @description Shrink down to this factor.
             * @default 0.75
             */
            scale_low: number;
            /**
             * Shift
             * @description Move by up to this share of the canvas.
             * @default 0.1
             */
            shift: number;
            /**
             * Tint
             * @description Each colour channel times 1 plus or minus up to this.
             * @default 0.07
             */
            tint: number;
        };
        /**
         * AugmentationPreview
         * @description Real images of the dataset, changed.
         */
        AugmentationPreview: {
            /** Images */
            images: components["schemas"]["AugmentedImage"][];
            /**
             * Skipped
             * @description Ids of items whose image cannot be decoded.
             */
            skipped: string[];
        };
        /**
         * AugmentationPreviewRequest
         * @description Which images to change, and how.
         */
        AugmentationPreviewRequest: {
            augment?: components["schemas"]["Augment"];
            /**
             * Count
             * @default 6
             */
            count: number;
            /** Dataset Id */
            dataset_id: string;
            /**
             * Query
             * @description As text or DQL; any item when null.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Seed
             * @default 0
             */
            seed: number;
            /**
             * Size
             * @description Longest side of the answers, in pixels.
             * @default 256
             */
            size: number;
        };
        /**
         * AugmentedImage
         * @description One image of the dataset as a training might see it.
         */
        AugmentedImage: {
            /** Height */
            height: number;
            /**
             * Image
             * @description WebP as a data URI.
             */
            image: string;
            /** Item Id */
            item_id: string;
            /** Shapes */
            shapes: components["schemas"]["PreviewShape"][];
            /** Width */
            width: number;
        };
        /**
         * AuthorKind
         * @description Who made an annotation.
         * @enum {string}
         */
        AuthorKind: "person" | "model" | "import";
        /** Body_find_similar_to_upload_api_v1_datasets__dataset_id__similar_upload_post */
        Body_find_similar_to_upload_api_v1_datasets__dataset_id__similar_upload_post: {
            /**
             * File
             * @description The image; its type is read from its bytes.
             */
            file: string;
        };
        /** Body_import_model_api_v1_projects__project_id__models_import_post */
        Body_import_model_api_v1_projects__project_id__models_import_post: {
            /**
             * File
             * @description An ONNX file, or a zip file of a model's folder.
             */
            file?: string | null;
            /**
             * Model
             * @description A ModelImport as JSON.
             */
            model: string;
        };
        /** Body_predict_image_api_v1_models__model_id__predict_image_post */
        Body_predict_image_api_v1_models__model_id__predict_image_post: {
            /**
             * File
             * @description The image; its type is read from its bytes.
             */
            file: string;
        };
        /** Body_upload_item_api_v1_datasets__dataset_id__items_post */
        Body_upload_item_api_v1_datasets__dataset_id__items_post: {
            /**
             * File
             * @description The image; its type is read from its bytes.
             */
            file: string;
            /** Group Key */
            group_key?: string | null;
            /**
             * Metadata
             * @description A JSON object.
             */
            metadata?: string | null;
            /** Name */
            name?: string | null;
            subset?: components["schemas"]["Subset"] | null;
        };
        /**
         * Box
         * @description An axis-aligned box; x1 > x0 and y1 > y0.
         */
        Box: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "box";
            /** X0 */
            x0: number;
            /** X1 */
            x1: number;
            /** Y0 */
            y0: number;
            /** Y1 */
            y1: number;
        };
        /**
         * BulkItem
         * @description One item of a bulk submit.
         */
        BulkItem: {
            /**
             * Active Seconds
             * @description Seconds of work since the last call that said so, idle time left out; capped by the server's clock.
             * @default 0
             */
            active_seconds: number;
            /**
             * Annotations
             * @description New and changed ones; others stay.
             */
            annotations?: components["schemas"]["AnnotationDraft"][] | null;
            /** @description For validate: yes or no. */
            answer?: components["schemas"]["JsonValue"];
            /**
             * Base Revision
             * @description Needed with annotations.
             */
            base_revision?: number | null;
            /**
             * Draft Version
             * @description Version of the draft this replaces, 0 for none; not checked when left out.
             */
            draft_version?: number | null;
            /** Item Id */
            item_id: string;
            /** Lease Token */
            lease_token: string;
            /**
             * Rejected Ids
             * @description Predictions that were looked at and refused.
             */
            rejected_ids?: string[];
            /** Removed Ids */
            removed_ids?: string[];
        };
        /**
         * BulkResult
         * @description What became of one item of a bulk submit: the item, or the problem that kept it.
         */
        BulkResult: {
            item?: components["schemas"]["TaskItem"] | null;
            /** Item Id */
            item_id: string;
            problem?: components["schemas"]["Problem"] | null;
        };
        /**
         * BulkSaved
         * @description What a change of many annotations did.
         */
        BulkSaved: {
            /** Annotation Ids */
            annotation_ids: string[];
            /**
             * Changed
             * @description Annotations that are new or say something else now.
             */
            changed: number;
            /** Revision */
            revision: number;
            /**
             * Unchanged
             * @description Those that said so already.
             */
            unchanged: number;
        };
        /**
         * BulkSubmit
         * @description Many items finished at once, as from a grid.
         */
        BulkSubmit: {
            /** Items */
            items: components["schemas"]["BulkItem"][];
        };
        /**
         * Calibration
         * @description Whether confidence means what it says: 0 is perfect.
         */
        Calibration: {
            /**
             * Brier
             * @description Mean squared distance from the truth; for classes 0 to 2.
             */
            brier?: number | null;
            /**
             * Ece
             * @description Mean gap between confidence and share correct, over bins of equal size.
             */
            ece: number;
            /**
             * Nll
             * @description Mean natural logarithm lost on the true class.
             */
            nll?: number | null;
        };
        /**
         * Champion
         * @description The place where a project's champion is written: a pipeline's variable, or the project's own setting.
         */
        Champion: {
            /** Model Id */
            model_id: string | null;
            /**
             * Pipeline Id
             * @description Null for the project's own setting.
             */
            pipeline_id: string | null;
            /** Pipeline Name */
            pipeline_name: string | null;
            /** Variable */
            variable: string;
        };
        /**
         * ChangeCounts
         * @description How many things were added, removed and changed.
         */
        ChangeCounts: {
            /**
             * Added
             * @default 0
             */
            added: number;
            /**
             * Changed
             * @default 0
             */
            changed: number;
            /**
             * Removed
             * @default 0
             */
            removed: number;
        };
        /**
         * ChangeKind
         * @description What became of a thing between two revisions.
         * @enum {string}
         */
        ChangeKind: "added" | "removed" | "changed";
        /**
         * CheapestThreshold
         * @description The confidence threshold that costs least on the test items; null stands for all labels together.
         */
        CheapestThreshold: {
            /** Cost */
            cost: number;
            /** @description Of the cost, over resampled items. */
            interval?: components["schemas"]["Range"] | null;
            /** Label */
            label: string | null;
            /** Precision */
            precision: number | null;
            /** Recall */
            recall: number | null;
            /** Threshold */
            threshold: number;
            /** @description Where the cheapest lies in resampled items. */
            threshold_interval?: components["schemas"]["Range"] | null;
        };
        /**
         * CheckNotice
         * @description Something to know before a training: an error prevents it, a warning does not.
         */
        CheckNotice: {
            /** Code */
            code: string;
            /**
             * Hint
             * @default
             */
            hint: string;
            /** Message */
            message: string;
        };
        /**
         * Classify
         * @description A class for whole items, all or none.
         */
        Classify: {
            /** Item Ids */
            item_ids: string[];
            /** Label */
            label: string;
            /**
             * Mode
             * @description In place of the classes an item has, or beside them.
             * @default replace
             * @enum {string}
             */
            mode: "replace" | "add";
        };
        /**
         * ClassRow
         * @description One label; a value is null when its denominator is zero, as for a label that the test items lack.
         */
        ClassRow: {
            /**
             * Ap
             * @description Mean over IoU 0.5 to 0.95 for objects.
             */
            ap?: number | null;
            /** Dice */
            dice?: number | null;
            /** F1 */
            f1?: number | null;
            interval?: components["schemas"]["Range"] | null;
            /** Iou */
            iou?: number | null;
            /** Label */
            label: string;
            /**
             * Metric
             * @description The label's share in the report's metric: see `class_metric_name`.
             */
            metric: number | null;
            /** N Predicted */
            n_predicted: number;
            /**
             * N Truth
             * @description Items, objects or pixels that truly are of the label.
             */
            n_truth: number;
            /** Precision */
            precision?: number | null;
            /** Recall */
            recall?: number | null;
        };
        /**
         * ClassTag
         * @description The label holds for the whole item.
         */
        ClassTag: {
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "class";
        };
        /**
         * Comment
         * @description Something somebody said about an item, or in reply to an issue.
         */
        Comment: {
            /** Annotation Id */
            annotation_id: string | null;
            /** Author Id */
            author_id: string;
            /** Author Name */
            author_name: string;
            /** Body */
            body: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /**
             * Issue Id
             * @description The issue it replies to; null for a comment on the item.
             */
            issue_id: string | null;
            /** Item Id */
            item_id: string;
            /** X */
            x: number | null;
            /** Y */
            y: number | null;
        };
        /**
         * CommentCreate
         * @description Something to say about an item: at a place, on an annotation, or in general.
         */
        CommentCreate: {
            /** Annotation Id */
            annotation_id?: string | null;
            /** Body */
            body: string;
            /** X */
            x?: number | null;
            /** Y */
            y?: number | null;
        };
        /**
         * CompareRequest
         * @description Two models to be compared on the test subset of one revision.
         */
        CompareRequest: {
            /** Challenger Id */
            challenger_id: string;
            /**
             * Champion Id
             * @description Null asks whether the challenger beats having no model.
             */
            champion_id?: string | null;
            /**
             * Dataset Id
             * @description The challenger's own when left out.
             */
            dataset_id?: string | null;
            /**
             * Floor Drop
             * @description How far a class may fall; null sets no floor.
             * @default 0.1
             */
            floor_drop: number | null;
            /**
             * Max Latency Ms
             * @description Slowest challenger; null sets no limit.
             */
            max_latency_ms?: number | null;
            /**
             * Max Size Bytes
             * @description Largest challenger; null sets no limit.
             */
            max_size_bytes?: number | null;
            /**
             * Min Delta
             * @description Smallest gain worth a change.
             */
            min_delta?: number | null;
            /**
             * Slices
             * @description Where the challenger must be shown not to fall.
             */
            slices?: components["schemas"]["ProtectedSlice"][];
            /**
             * Snapshot
             * @description Name or id of a snapshot; the present state when left out.
             */
            snapshot?: string | null;
        };
        /**
         * Comparison
         * @description Champion against challenger on the same items, and the decision.
         */
        Comparison: {
            /** Challenger Id */
            challenger_id: string;
            /** Champion Id */
            champion_id: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string;
            /**
             * Decision
             * @description promote, keep or tie
             */
            decision: string;
            /** Id */
            id: string;
            /** Items Digest */
            items_digest: string;
            /** Numbers */
            numbers: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Revision */
            revision: number;
            /**
             * Run Id
             * @description The pipeline run that compared; null when a person did.
             */
            run_id?: string | null;
        };
        /**
         * ComparisonPromote
         * @description Make a comparison's challenger the champion.
         */
        ComparisonPromote: {
            /**
             * Force
             * @description Although the comparison kept the champion.
             * @default false
             */
            force: boolean;
            /**
             * Pipeline Id
             * @description Needed only when a project has several places.
             */
            pipeline_id?: string | null;
            /**
             * Reason
             * @description Needed with force.
             */
            reason?: string | null;
            /** Variable */
            variable?: string | null;
        };
        /**
         * ConvertReport
         * @description What a conversion did, or would do.
         */
        ConvertReport: {
            /** Dataset Id */
            dataset_id: string;
            /**
             * Examples
             * @description The first twenty that were refused, by name.
             */
            examples?: string[];
            /** Is Dry Run */
            is_dry_run: boolean;
            /** N Converted */
            n_converted: number;
            /** N Items */
            n_items: number;
            /** N Refused */
            n_refused: number;
            /**
             * N Unchanged
             * @description Already of that kind.
             */
            n_unchanged: number;
            /**
             * Refused
             * @description How many for which reason.
             */
            refused?: {
                [key: string]: number;
            };
            /**
             * Revision
             * @description That the conversion made; undo gives back the one before.
             */
            revision: number | null;
            /**
             * Worst Iou
             * @description Of a converted shape with its original; of an object found in a box, of the box around it.
             */
            worst_iou: number | null;
        };
        /**
         * ConvertRequest
         * @description Which ground truth becomes what.
         */
        ConvertRequest: {
            /**
             * Dry Run
             * @default false
             */
            dry_run: boolean;
            /**
             * Kinds
             * @description Only shapes of these kinds; empty: all. Polygons to polygons are simplified, when named here.
             */
            kinds?: ("class" | "box" | "rotated_box" | "polygon" | "mask")[];
            /**
             * Labels
             * @description Only these; empty: all.
             */
            labels?: string[];
            /**
             * Max Iou Loss
             * @description What simplifying an outline may cost of its overlap with the original.
             * @default 0.01
             */
            max_iou_loss: number;
            /**
             * Outline
             * @description Where a box becomes an outline: its four sides, or the object found in it.
             * @default shape
             * @enum {string}
             */
            outline: "shape" | "grabcut" | "sam";
            /**
             * Query
             * @description Of the items, as text or DQL; null: all.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * To
             * @enum {string}
             */
            to: "class" | "box" | "rotated_box" | "polygon" | "mask";
        };
        /**
         * ConvertUndo
         * @description Which conversion is undone.
         */
        ConvertUndo: {
            /**
             * Revision
             * @description The revision that the conversion told.
             */
            revision: number;
        };
        /**
         * CostForecast
         * @description How many labels a strategy needs to reach a metric.
         */
        CostForecast: {
            /** High */
            high: number | null;
            /** Is Extrapolated */
            is_extrapolated: boolean;
            /** Labels */
            labels: number | null;
            /** Low */
            low: number | null;
            /** Message */
            message: string;
            /** Seconds */
            seconds: number | null;
            /** Strategy */
            strategy: string;
            /** Target */
            target: number;
        };
        /**
         * CountTrigger
         * @description Starts a run after every so many matching events.
         */
        CountTrigger: {
            /**
             * @description Whose events are counted.
             * @default any
             */
            by: components["schemas"]["EventSource"];
            dataset?: components["schemas"]["JsonValue"];
            /** Event */
            event: string;
            /** @description A number of one or more, or a variable. */
            every: components["schemas"]["JsonValue"];
            /**
             * Filter
             * @description Only items that match this query, in its text form, are counted.
             */
            filter?: string | null;
            /** Id */
            id: string;
            /**
             * Rounds Of
             * @description A select node. When a round of its closes, items that were lost on the way count as well; and when its pool is empty then, what has been counted starts a run, however little it is.
             */
            rounds_of?: string | null;
            /** Target */
            target: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "count";
        };
        /**
         * CoverageExample
         * @description One new item and the known one that it is most like.
         */
        CoverageExample: {
            /** Distance */
            distance: number;
            /** Item Id */
            item_id: string;
            /** Name */
            name: string;
            /** Nearest Item Id */
            nearest_item_id: string;
            /** Nearest Name */
            nearest_name: string;
        };
        /**
         * CoverageReport
         * @description How far new items lie from the known ones, against how far the known ones lie from each other.
         */
        CoverageReport: {
            /**
             * Against
             * @description What is known, in the text form of a query.
             * @default
             */
            against: string;
            /**
             * By Source
             * @description Uncovered share by group or folder.
             */
            by_source?: {
                [key: string]: number;
            };
            /**
             * Covered Share
             * @description Share of new items as near to a known one as known ones are to theirs.
             */
            covered_share: number;
            /**
             * Farthest
             * @description New variance, most unlike each other first.
             */
            farthest: components["schemas"]["CoverageExample"][];
            /** Histogram Edges */
            histogram_edges: number[];
            /** Histogram Known */
            histogram_known: number[];
            /** Histogram New */
            histogram_new: number[];
            /**
             * Is Sampled
             * @description A side is large, and a random part of it was measured.
             * @default false
             */
            is_sampled: boolean;
            /** Known Quantiles */
            known_quantiles: {
                [key: string]: number;
            };
            /**
             * N Both
             * @description Items that both queries find: they count as known.
             * @default 0
             */
            n_both: number;
            /** N Known */
            n_known: number;
            /** N New */
            n_new: number;
            /**
             * N Without
             * @description Items of both sides that have no vector yet, and do not count.
             * @default 0
             */
            n_without: number;
            /**
             * Nearest
             * @description Nothing new: nearly the same as what is known.
             */
            nearest: components["schemas"]["CoverageExample"][];
            /**
             * Quantiles
             * @description Distances of the new items: 5, 25, 50, 75, 95.
             */
            quantiles: {
                [key: string]: number;
            };
            /**
             * Radius
             * @description The 95 % quantile of a known item's distance to its nearest known neighbour.
             */
            radius: number;
            /** Space Id */
            space_id: string;
        };
        /**
         * CoverageRequest
         * @description How much of what is new is covered by what is known.
         */
        CoverageRequest: {
            /**
             * Against
             * @description What is known: a query; left out, the training subset, or what is labelled when that is empty.
             */
            against?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Against Dataset Id
             * @description Where the known lies; this dataset when left out.
             */
            against_dataset_id?: string | null;
            /**
             * Examples
             * @description At most how many examples of each kind.
             * @default 12
             */
            examples: number;
            /**
             * Query
             * @description What is new: a query of this dataset.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Space
             * @description Id or name; the project's first when left out.
             */
            space?: string | null;
        };
        /**
         * CronTrigger
         * @description Starts a run at the times of a cron expression, in UTC.
         */
        CronTrigger: {
            /** Cron */
            cron: string;
            /** Id */
            id: string;
            /**
             * Missed
             * @description What to do about times that passed.
             * @default once
             * @enum {string}
             */
            missed: "skip" | "once";
            /** Target */
            target: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "cron";
        };
        /**
         * Crop
         * @description One annotation, where to cut it out, and how suspicious it is.
         */
        Crop: {
            /** Annotation Id */
            annotation_id: string;
            /** Confidence */
            confidence: number | null;
            /**
             * Crop Box
             * @description x0, y0, x1, y1 in pixels of the upright image.
             */
            crop_box: [
                number,
                number,
                number,
                number
            ];
            /** Geometry */
            geometry: components["schemas"]["ClassTag"] | components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"] | components["schemas"]["Mask"] | components["schemas"]["Track"];
            /** Item Id */
            item_id: string;
            /** Item Name */
            item_name: string;
            /** Label */
            label: string;
            /** Reason */
            reason: string;
            /**
             * Suspicion
             * @description 0 to 1; null where nothing can judge it.
             */
            suspicion: number | null;
        };
        /**
         * Crops
         * @description One page of annotations to be looked at, in an order that stands while others write.
         */
        Crops: {
            /** Count */
            count: number;
            /** Crops */
            crops: components["schemas"]["Crop"][];
            /**
             * Is Truncated
             * @description There are more annotations of this label than are ranked; the newest are.
             */
            is_truncated: boolean;
            /**
             * Model Id
             * @description Whose predictions judged.
             */
            model_id: string | null;
            /** Next Cursor */
            next_cursor: string | null;
            /** Revision */
            revision: number;
        };
        /**
         * CropsWanted
         * @description Annotations of one label, to be looked at side by side.
         */
        CropsWanted: {
            /** Cursor */
            cursor?: string | null;
            /** Label */
            label: string;
            /** @default truth */
            layer: components["schemas"]["Layer"];
            /**
             * Limit
             * @default 100
             */
            limit: number;
            /**
             * Model Id
             * @description Whose predictions judge; the model that predicted most of these items when left out.
             */
            model_id?: string | null;
            /**
             * Order
             * @description Most suspicious first; least confident first (predictions: most confident); or newest first.
             * @default suspicion
             * @enum {string}
             */
            order: "suspicion" | "confidence" | "newest";
        };
        /**
         * Curve
         * @description Precision over recall, thinned to 200 points, from the surest answer down; the lists are of one length.
         */
        Curve: {
            /** Average Precision */
            average_precision: number | null;
            /**
             * Label
             * @description Null: all labels together.
             */
            label: string | null;
            /** N Truth */
            n_truth: number;
            /** Precision */
            precision: number[];
            /** Recall */
            recall: number[];
            /** Threshold */
            threshold: number[];
        };
        /**
         * Dataset
         * @description A set of items with a revision counter.
         */
        Dataset: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Project Id */
            project_id: string;
            /** Revision */
            revision: number;
        };
        /**
         * DatasetCounts
         * @description How many items a dataset holds, in all and by subset.
         */
        DatasetCounts: {
            /** Items */
            items: number;
            /** No Subset */
            no_subset: number;
            /** Revision */
            revision: number;
            /** Test */
            test: number;
            /** Train */
            train: number;
            /** Validation */
            validation: number;
        };
        /**
         * DatasetCreate
         * @description A dataset to be made.
         */
        DatasetCreate: {
            /** Name */
            name: string;
        };
        /**
         * DeadLetter
         * @description A token that used up its tries, with its last error.
         */
        DeadLetter: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Attempts */
            attempts: number;
            /** Error */
            error: string;
            /** Error Code */
            error_code: string;
            /** Id */
            id: number;
            /** Node */
            node: string;
            /** Ref */
            ref: string;
            /** Run Id */
            run_id: string | null;
            /** Version */
            version: number;
        };
        /**
         * DeadLettersRetried
         * @description How many tokens are on their way again.
         */
        DeadLettersRetried: {
            /** Retried */
            retried: number;
        };
        /**
         * DeadLettersRetry
         * @description Which dead letters to try again; all of the pipeline when null.
         */
        DeadLettersRetry: {
            /** Ids */
            ids?: number[] | null;
        };
        /**
         * Delivery
         * @description One call of a webhook: what is sent, and what came of it.
         */
        Delivery: {
            /**
             * Attempts
             * @description Calls so far.
             */
            attempts: number;
            /**
             * Body
             * @description What is sent, to the byte.
             */
            body: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Error
             * @description Why the last call brought no answer, or not a good one.
             */
            error: string | null;
            /** Id */
            id: string;
            /**
             * Next At
             * @description When it is called again; null when it is not.
             */
            next_at: string | null;
            /** Node */
            node: string | null;
            /** Pipeline Id */
            pipeline_id: string | null;
            /**
             * Ref
             * @description Id of what the call is about.
             */
            ref: string;
            /**
             * Response
             * @description Beginning of the last answer.
             */
            response: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "waiting" | "delivered" | "failed";
            /**
             * Status Code
             * @description Status of the last answer.
             */
            status_code: number | null;
            /**
             * Tried At
             * @description When it was last called.
             */
            tried_at: string | null;
            /** Url */
            url: string;
        };
        /**
         * DeployRequest
         * @description Where to deploy; needed only when a project has several places.
         */
        DeployRequest: {
            /** Pipeline Id */
            pipeline_id?: string | null;
            /** Variable */
            variable?: string | null;
        };
        /**
         * Disagreement
         * @description A test item on which champion and challenger differ; objects have counts of errors instead of labels.
         */
        Disagreement: {
            /** Challenger */
            challenger?: string | null;
            /**
             * Challenger Errors
             * @default 0
             */
            challenger_errors: number;
            /** Champion */
            champion?: string | null;
            /**
             * Champion Errors
             * @default 0
             */
            champion_errors: number;
            /**
             * Is Won
             * @description The challenger is the better one here.
             */
            is_won: boolean;
            /** Item Id */
            item_id: string;
            /** Truth */
            truth?: string | null;
        };
        /**
         * Disagreements
         * @description On how many test items champion and challenger differ, and the first of them.
         */
        Disagreements: {
            /** Both Right */
            both_right: number;
            /**
             * Both Wrong
             * @description Both are wrong, or both make the same number of errors.
             */
            both_wrong: number;
            /**
             * Items
             * @description Where they differ most: lost ones, then won ones.
             */
            items: components["schemas"]["Disagreement"][];
            /**
             * Lost
             * @description Only the champion is right, or it makes fewer errors.
             */
            lost: number;
            /**
             * Won
             * @description Only the challenger is right, or it makes fewer errors.
             */
            won: number;
        };
        /**
         * DisagreementTask
         * @description A task to be made of the items on which two models differ, most useful first.
         */
        DisagreementTask: {
            /**
             * Job Id
             * @description A finished `disagree` job; the test items when left out.
             */
            job_id?: string | null;
            /**
             * Kind
             * @description Left out: label for items of a `disagree` job, review for test items.
             */
            kind?: ("label" | "review" | "validate" | "classify") | null;
            /**
             * Limit
             * @default 200
             */
            limit: number;
            /** Name */
            name?: string | null;
            /** Recipe Id */
            recipe_id?: string | null;
        };
        /**
         * DisagreeRequest
         * @description Items without ground truth, on which both models of a comparison are to predict.
         */
        DisagreeRequest: {
            /**
             * Dataset Id
             * @description The comparison's own when left out.
             */
            dataset_id?: string | null;
            /**
             * Limit
             * @description How many items to list, those that differ most first.
             * @default 200
             */
            limit: number;
            /**
             * Max Items
             * @description How many items to look at, at random.
             * @default 5000
             */
            max_items: number;
            /**
             * Query
             * @description As text or DQL; every item without ground truth when null.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
        };
        /**
         * Discard
         * @description Say that an item cannot be worked on.
         */
        Discard: {
            /**
             * Active Seconds
             * @description Seconds of work since the last call that said so, idle time left out; capped by the server's clock.
             * @default 0
             */
            active_seconds: number;
            /** Lease Token */
            lease_token: string;
            /** Reason */
            reason: string;
        };
        /**
         * Draft
         * @description Work that was saved and not submitted.
         */
        Draft: {
            /** Annotations */
            annotations: components["schemas"]["AnnotationDraft"][];
            /** Author Id */
            author_id: string;
            /** Base Revision */
            base_revision: number;
            /** Rejected Ids */
            rejected_ids?: string[];
            /** Removed Ids */
            removed_ids?: string[];
            /**
             * Saved At
             * Format: date-time
             */
            saved_at: string;
            /**
             * Version
             * @description Counts the saves of this draft, from 1.
             * @default 1
             */
            version: number;
        };
        /**
         * DraftSave
         * @description Keep unfinished work. It is nobody's truth until submitted.
         */
        DraftSave: {
            /**
             * Active Seconds
             * @description Seconds of work since the last call that said so, idle time left out; capped by the server's clock.
             * @default 0
             */
            active_seconds: number;
            /**
             * Annotations
             * @description New and changed ones; others stay.
             */
            annotations: components["schemas"]["AnnotationDraft"][];
            /**
             * Base Revision
             * @description The revision of the item's annotations that this work began from.
             */
            base_revision: number;
            /**
             * Draft Version
             * @description Version of the draft this replaces, 0 for none; not checked when left out.
             */
            draft_version?: number | null;
            /** Lease Token */
            lease_token: string;
            /**
             * Rejected Ids
             * @description Predictions that were looked at and refused.
             */
            rejected_ids?: string[];
            /** Removed Ids */
            removed_ids?: string[];
        };
        /**
         * DryRun
         * @description What would happen.
         */
        DryRun: {
            /** Items */
            items: number;
            /** Nodes */
            nodes: components["schemas"]["DryRunNode"][];
            /** Notes */
            notes: string[];
            /** Steps */
            steps: components["schemas"]["DryRunStep"][];
        };
        /**
         * DryRunNode
         * @description What came to one node, and what left it.
         */
        DryRunNode: {
            /** Came */
            came: number;
            /** Error */
            error?: string | null;
            /** Node */
            node: string;
            /** Seconds */
            seconds: number;
            /**
             * Waits
             * @description Tokens that would wait here, for people or for a round.
             */
            waits: number;
            /**
             * Went
             * @description Tokens by output port.
             */
            went: {
                [key: string]: number;
            };
        };
        /**
         * DryRunRequest
         * @description A definition to be tried on a few items; nothing is saved.
         */
        DryRunRequest: {
            /**
             * Dataset Id
             * @description Where to look when the node names no dataset.
             */
            dataset_id?: string | null;
            definition: components["schemas"]["PipelineDefinition"];
            /**
             * Limit
             * @description Most items.
             * @default 10
             */
            limit: number;
            /**
             * Node
             * @description node or node.port; the source when left out.
             */
            node?: string | null;
            /**
             * Query
             * @description In text form: which items.
             */
            query?: string | null;
            /**
             * Refs
             * @description Ids of items or models.
             */
            refs?: string[];
        };
        /**
         * DryRunStep
         * @description What one node made of one token.
         */
        DryRunStep: {
            /** Node */
            node: string;
            /** Note */
            note?: string | null;
            /** Output */
            output: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Port
             * @description Where it left; empty when it ended here.
             */
            port: string;
            /** Ref */
            ref: string;
        };
        /**
         * DuplicateAction
         * @description What to do with groups of a scan.
         */
        DuplicateAction: {
            /**
             * Action
             * @description group: keep them together in splits; tag: mark the extras; delete: delete the extras.
             * @enum {string}
             */
            action: "group" | "tag" | "delete";
            /**
             * Dry Run
             * @default true
             */
            dry_run: boolean;
            /**
             * Groups
             * @description Numbers; all when left out.
             */
            groups?: number[] | null;
        };
        /**
         * DuplicateGroup
         * @description Items that are one scene; the one to keep comes first.
         */
        DuplicateGroup: {
            /** Crosses Subsets */
            crosses_subsets: boolean;
            /** Members */
            members: components["schemas"]["DuplicateMember"][];
            /** Number */
            number: number;
        };
        /**
         * DuplicateMember
         * @description One item of a group.
         */
        DuplicateMember: {
            /** Bytes */
            bytes: number;
            /** Distance */
            distance: number;
            /** Has Truth */
            has_truth: boolean;
            /** Height */
            height: number;
            /** Is Kept */
            is_kept: boolean;
            /** Item Id */
            item_id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "exact" | "near" | "video";
            /** Name */
            name: string;
            /** Subset */
            subset: string | null;
            /** Width */
            width: number;
        };
        /**
         * DuplicateOutcome
         * @description What was done, or would be.
         */
        DuplicateOutcome: {
            /** Action */
            action: string;
            /** Bytes */
            bytes: number;
            /**
             * Crossing
             * @description Groups with items in training and in test, which stay so.
             * @default 0
             */
            crossing: number;
            /** Dry Run */
            dry_run: boolean;
            /**
             * Kept With Truth
             * @description Extras left alone, since they carry ground truth.
             */
            kept_with_truth: number;
            /** N Groups */
            n_groups: number;
            /** N Items */
            n_items: number;
            /**
             * Revision
             * @description The revision that did it; the one before has it undone.
             */
            revision?: number | null;
            /**
             * Warnings
             * @description What a person should know.
             */
            warnings?: string[];
        };
        /**
         * DuplicateScan
         * @description A scan that was made.
         */
        DuplicateScan: {
            /** Author Id */
            author_id: string;
            /** By Kind */
            by_kind: {
                [key: string]: number;
            };
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Crossing
             * @description Groups with items in training and in test: a leak.
             */
            crossing: number;
            /** Dataset Id */
            dataset_id: string;
            /** Extra Bytes */
            extra_bytes: number;
            /** Id */
            id: string;
            /**
             * N Extra
             * @description Items beside the one that each group keeps.
             */
            n_extra: number;
            /** N Groups */
            n_groups: number;
            /** N Items */
            n_items: number;
            /**
             * N Plain
             * @description Plain pictures, as of a covered lens: only their copies are found.
             * @default 0
             */
            n_plain: number;
            /**
             * N Skipped
             * @description Items that could not be looked at.
             * @default 0
             */
            n_skipped: number;
            /** Params */
            params: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Revision */
            revision: number;
            /**
             * Skipped
             * @description The first of them, with the reason.
             */
            skipped?: string[];
        };
        /**
         * DuplicateScanDraft
         * @description How alike two images must be to count as one.
         */
        DuplicateScanDraft: {
            /**
             * Exact
             * @default true
             */
            exact: boolean;
            /** Filter */
            filter?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Hash Distance
             * @description Most differing bits of the 64 of the two hashes.
             * @default 8
             */
            hash_distance: number;
            /**
             * Near
             * @default true
             */
            near: boolean;
            /**
             * Similarity
             * @description Least cosine of their embeddings, where both have one; null looks at hashes alone.
             * @default 0.9
             */
            similarity: number | null;
            /** Space */
            space?: string | null;
            /**
             * Video
             * @description Neighbouring frames of one video too.
             * @default false
             */
            video: boolean;
        };
        /**
         * EdgeSpec
         * @description A way from an output port to an input port, for the items that match ``when``.
         */
        EdgeSpec: {
            /**
             * Source
             * @description node.port
             */
            source: string;
            /**
             * Target
             * @description node.port
             */
            target: string;
            /**
             * When
             * @description A query in its text form; only for item ports.
             */
            when?: string | null;
        };
        /**
         * EmbeddingMap
         * @description A map that was computed; its points come as binary from its own address.
         */
        EmbeddingMap: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string;
            /** Id */
            id: string;
            /** Method */
            method: string;
            /**
             * N Missing
             * @description Items of the dataset now that are not on the map.
             * @default 0
             */
            n_missing: number;
            /** N Points */
            n_points: number;
            /** Params */
            params: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Revision */
            revision: number;
            /** Space Id */
            space_id: string;
        };
        /**
         * EmbeddingSpace
         * @description Vectors of one source: comparable with each other, and with no other space's.
         */
        EmbeddingSpace: {
            /**
             * Bytes
             * @description Stored size of the vectors.
             */
            bytes: number;
            /**
             * Can Read Text
             * @description Its model also embeds text, so that words find images.
             * @default false
             */
            can_read_text: boolean;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /** Is Kept */
            is_kept: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "image" | "crop";
            /** Model Id */
            model_id: string | null;
            /**
             * N Vectors
             * @description All that are stored, of every dataset.
             */
            n_vectors: number;
            /** Name */
            name: string;
            /** Project Id */
            project_id: string;
            /** Source */
            source: string;
            /**
             * Width
             * @description Numbers per vector; null before the first.
             */
            width: number | null;
        };
        /**
         * EmbedRequest
         * @description Embed what a dataset has and the space lacks.
         */
        EmbedRequest: {
            /**
             * Filter
             * @description Query: embed these items only.
             */
            filter?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Space
             * @description Id or name; the project's first when left out.
             */
            space?: string | null;
        };
        /**
         * Endpoint
         * @description A model at work under an address.
         */
        Endpoint: {
            /** Canary Id */
            canary_id: string | null;
            /** Canary Share */
            canary_share: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Dataset Id
             * @description Where flagged traffic becomes items.
             */
            dataset_id: string | null;
            examples: components["schemas"]["EndpointExamples"];
            /** Id */
            id: string;
            /** Is On */
            is_on: boolean;
            /**
             * Model Id
             * @description The champion; null answers nothing yet.
             */
            model_id: string | null;
            /** Name */
            name: string;
            /**
             * Pipeline Id
             * @description The pipeline whose variable the champion follows; null for none.
             */
            pipeline_id: string | null;
            /**
             * Predict Url
             * @description Path that takes images.
             */
            predict_url: string;
            /**
             * Problem
             * @description Why it does not serve the model that it should.
             */
            problem?: string | null;
            /** Project Id */
            project_id: string;
            settings: components["schemas"]["EndpointSettings"];
            /**
             * Shadow Id
             * @description Answers beside the champion, for the log only.
             */
            shadow_id: string | null;
            /** Variable */
            variable: string | null;
        };
        /**
         * EndpointAnswer
         * @description What an endpoint says about one image. Width and height are pixels of the upright image.
         */
        EndpointAnswer: {
            /** Annotations */
            annotations: components["schemas"]["PredictedAnnotation"][];
            /** Height */
            height: number;
            /** Latency Ms */
            latency_ms: number;
            /** Model Id */
            model_id: string;
            /**
             * Prediction Id
             * @description For feedback; null when the request was not written down.
             */
            prediction_id: string | null;
            role: components["schemas"]["ServingRole"];
            /** Width */
            width: number;
        };
        /**
         * EndpointChange
         * @description A change of who serves.
         */
        EndpointChange: {
            /** Actor Id */
            actor_id: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Cause */
            cause: string | null;
            /** Model Id */
            model_id: string | null;
            /** Previous Id */
            previous_id: string | null;
            role: components["schemas"]["ServingRole"];
        };
        /**
         * EndpointCreate
         * @description An endpoint to be opened.
         */
        EndpointCreate: {
            /** Dataset Id */
            dataset_id?: string | null;
            /** Model Id */
            model_id?: string | null;
            /** Name */
            name: string;
            /** Pipeline Id */
            pipeline_id?: string | null;
            settings?: components["schemas"]["EndpointSettings"];
            /**
             * Variable
             * @description Its champion is served, now and after each change.
             */
            variable?: string | null;
        };
        /**
         * EndpointExamples
         * @description How to ask an endpoint, ready to be copied; the token is to be put in.
         */
        EndpointExamples: {
            /** Curl */
            curl: string;
            /** Python */
            python: string;
        };
        /**
         * EndpointMetrics
         * @description Requests, errors and latency over time.
         */
        EndpointMetrics: {
            /** Points */
            points: components["schemas"]["EndpointPoint"][];
            /**
             * Queue
             * @description Requests that wait now.
             */
            queue: number;
            /** Step S */
            step_s: number;
            /**
             * Totals
             * @description One per model and role, over the whole time.
             */
            totals: components["schemas"]["EndpointPoint"][];
        };
        /**
         * EndpointPoint
         * @description One model's numbers in one stretch of time.
         */
        EndpointPoint: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Dropped
             * @description A shadow was not asked, because there was no time.
             * @default 0
             */
            dropped: number;
            /** Errors */
            errors: number;
            /** Mean Ms */
            mean_ms: number | null;
            /** Model Id */
            model_id: string;
            /**
             * P50 Ms
             * @description Upper edge of the bucket that holds the median.
             */
            p50_ms: number | null;
            /** P99 Ms */
            p99_ms: number | null;
            /** Requests */
            requests: number;
            role: components["schemas"]["ServingRole"];
        };
        /**
         * EndpointSettings
         * @description How an endpoint answers and what it remembers.
         */
        EndpointSettings: {
            /**
             * Feedback Page
             * @description Whether its page for end users answers.
             * @default false
             */
            feedback_page: boolean;
            /**
             * Feedback Page In
             * @description Sites that may show the page in a frame, such as https://shop.example; none when empty.
             */
            feedback_page_in?: string[];
            /**
             * Keep Images
             * @description False keeps only the image's hash: nothing can be relabelled.
             * @default true
             */
            keep_images: boolean;
            /**
             * Log Per Day
             * @description Most of them in a day.
             * @default 10000
             */
            log_per_day: number | null;
            /**
             * Log Per Hour
             * @description Most of them in an hour.
             */
            log_per_hour?: number | null;
            /**
             * Log Per Minute
             * @description Most of them in a minute; null sets no quota.
             */
            log_per_minute?: number | null;
            /**
             * Log Share
             * @description Share of the requests that are written down.
             * @default 1
             */
            log_share: number;
            /**
             * Max Batch
             * @description Most images of one run of the model.
             * @default 16
             */
            max_batch: number;
            /**
             * Max Queue
             * @description More waiting requests get 503.
             * @default 256
             */
            max_queue: number;
            /**
             * Max Wait Ms
             * @description How long a request waits for others.
             * @default 5
             */
            max_wait_ms: number;
            /**
             * Min Confidence
             * @description Weaker objects are not given.
             * @default 0.25
             */
            min_confidence: number;
            /**
             * Retention Days
             * @description Log lines and images not in a dataset go after.
             * @default 30
             */
            retention_days: number | null;
            /**
             * Timeout S
             * @description A slower answer is an error.
             * @default 10
             */
            timeout_s: number;
        };
        /**
         * EndpointUpdate
         * @description What is to change; what is left out stays.
         */
        EndpointUpdate: {
            /** Dataset Id */
            dataset_id?: string | null;
            /** Is On */
            is_on?: boolean | null;
            settings?: components["schemas"]["EndpointSettings"] | null;
        };
        /**
         * EvaluateRequest
         * @description Which test items; those of the dataset that the model was trained on when left out.
         */
        EvaluateRequest: {
            /** Dataset Id */
            dataset_id?: string | null;
            /**
             * Query
             * @description Narrows the test subset, as text or DQL.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** @description Look at images in tiles; null: at each at once. */
            tiling?: components["schemas"]["Tiling"] | null;
        };
        /**
         * Evaluation
         * @description A model's scored predictions on one frozen set of items.
         */
        Evaluation: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string;
            /** Id */
            id: string;
            /**
             * Is Stale
             * @description A label of its items was edited since.
             */
            is_stale: boolean;
            /** Items Digest */
            items_digest: string;
            /**
             * Metric
             * @description Null when it cannot be computed, as for AP without any truth.
             */
            metric: number | null;
            /** Metric Name */
            metric_name: string;
            /** Metrics */
            metrics: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Model Id */
            model_id: string;
            /** N Items */
            n_items: number;
            /**
             * Query
             * @description Which test items; `filter` narrows them. `tiling`: looked at in tiles.
             */
            query?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Revision */
            revision: number;
        };
        /**
         * EvaluationFacet
         * @description An evaluation as a lens over a dataset's items.
         */
        EvaluationFacet: {
            /**
             * Chip
             * @description The term that, put behind a query's text, finds the items evaluated.
             */
            chip: string;
            /**
             * Counts
             * @description Findings by type; a type without any is left out.
             */
            counts: {
                [key: string]: number;
            };
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Evaluation Id */
            evaluation_id: string;
            /**
             * Is Stale
             * @description The truth, subset or existence of one of its items changed since.
             */
            is_stale: boolean;
            /** Metric */
            metric: number | null;
            /** Metric Name */
            metric_name: string;
            /** Model Id */
            model_id: string;
            /** Model Name */
            model_name: string;
            /** N Items */
            n_items: number;
            /** Revision */
            revision: number;
        };
        /**
         * EvaluationReport
         * @description Everything that an evaluation says; each number is computed from its kept outputs and the pinned revision.
         */
        EvaluationReport: {
            calibration: components["schemas"]["Calibration"] | null;
            /**
             * Class Metric Name
             * @description What a label's row measures: recall, ap, ap50, mask_ap50 or iou
             */
            class_metric_name: string;
            /** Curves */
            curves: components["schemas"]["Curve"][];
            /** Dataset Id */
            dataset_id: string;
            /** Evaluation Id */
            evaluation_id: string;
            interval: components["schemas"]["Range"] | null;
            /** Is Stale */
            is_stale: boolean;
            /** Metric */
            metric: number | null;
            /**
             * Metric Name
             * @description accuracy, map, ap50, mask_ap50 or miou
             */
            metric_name: string;
            /** Model Id */
            model_id: string;
            /**
             * N Groups
             * @description What was resampled: groups of items where all alike are grouped, else items.
             */
            n_groups: number;
            /** N Items */
            n_items: number;
            /**
             * N Truth
             * @description True classes, labels, objects or labelled pixels.
             */
            n_truth: number;
            /** Per Class */
            per_class: components["schemas"]["ClassRow"][];
            /** Per Size */
            per_size: components["schemas"]["SizeRow"][];
            /** Reliability */
            reliability: components["schemas"]["ReliabilityBin"][];
            /** Resamples */
            resamples: number;
            /** Revision */
            revision: number;
            /** Slices */
            slices: components["schemas"]["SliceRow"][];
            /**
             * Summary
             * @description Further metrics by name, such as macro_f1 or ap75.
             */
            summary: {
                [key: string]: number | null;
            };
            /** Task */
            task: string;
            /** Thresholds */
            thresholds: components["schemas"]["ThresholdRow"][];
        };
        /**
         * Event
         * @description Something that happened in a project.
         */
        Event: {
            /** Actor Id */
            actor_id: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Cause */
            cause: string | null;
            /**
             * Id
             * @description A whole number as text, because it may not fit a double; also the SSE id.
             */
            id: string;
            /** Kind */
            kind: string;
            /** Payload */
            payload: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Subject Id */
            subject_id: string;
        };
        /**
         * EventSource
         * @description Whose events a trigger looks at: this pipeline's own, all others', or any.
         * @enum {string}
         */
        EventSource: "own" | "others" | "any";
        /**
         * EventTrigger
         * @description Starts a run for each matching event.
         */
        EventTrigger: {
            /**
             * @description Whose events; its own would loop.
             * @default others
             */
            by: components["schemas"]["EventSource"];
            /** @description Only events of this dataset id or variable. */
            dataset?: components["schemas"]["JsonValue"];
            /** Event */
            event: string;
            /**
             * Filter
             * @description Only for items that match this query, in its text form.
             */
            filter?: string | null;
            /** Id */
            id: string;
            /** @description Stop after so many runs; a number or a variable. Limited triggers of one target share the count. */
            max_fires?: components["schemas"]["JsonValue"];
            /**
             * Mode
             * @description once: one run per subject, ever.
             * @default once
             * @enum {string}
             */
            mode: "once" | "always";
            /**
             * Node
             * @description Only events of this node, such as where a run began.
             */
            node?: string | null;
            /**
             * Target
             * @description node.port that the token enters
             */
            target: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "event";
            /**
             * Unless Active
             * @description Not while a run that began at one of these nodes is active.
             */
            unless_active?: string[];
        };
        /**
         * Examination
         * @description Where a model goes wrong on the test items of an evaluation.
         */
        Examination: {
            /** Evaluation Id */
            evaluation_id: string;
            /**
             * Has Nothing
             * @description The last column holds missed objects, the last row spurious ones.
             */
            has_nothing: boolean;
            /** Labels */
            labels: string[];
            /**
             * Matrix
             * @description matrix[t][p]: how often true label t was taken for p.
             */
            matrix: number[][];
            /** Reliability */
            reliability: components["schemas"]["ReliabilityBin"][];
            /**
             * Score Threshold
             * @description Weakest box that counts in the matrix; null for classes.
             */
            score_threshold: number | null;
            /**
             * Worst
             * @description Surest wrong answers, or images with most errors, first.
             */
            worst: components["schemas"]["WorstItem"][];
        };
        /**
         * ExportRequest
         * @description What to write: to an archive for download, or to a folder on the server's machine.
         */
        ExportRequest: {
            /** As Of */
            as_of?: number | null;
            /**
             * Format
             * @default coco
             */
            format: string;
            /**
             * Path
             * @description An empty folder or a new one; an archive if null.
             */
            path?: string | null;
            /**
             * Query
             * @description As text or DQL; everything if null.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
        };
        /**
         * Facet
         * @description What one field holds among the matching items.
         */
        Facet: {
            /** Buckets */
            buckets: components["schemas"]["FacetBucket"][];
            /** Field */
            field: string;
            /**
             * Is Sampled
             * @default false
             */
            is_sampled: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "values" | "range";
            /** Title */
            title: string;
        };
        /**
         * FacetBucket
         * @description How many items have a value, or a value in low <= value < high (the last bucket holds its high too).
         */
        FacetBucket: {
            /**
             * Chip
             * @description The term to add to the query's text form; empty where the text form has none.
             */
            chip: string;
            /** Count */
            count: number;
            /** High */
            high?: number | null;
            /** Low */
            low?: number | null;
            /**
             * Title
             * @description A name to show in place of the value, such as a person's.
             */
            title?: string | null;
            /**
             * Value
             * @description Null stands for no value.
             */
            value?: string | number | boolean | null;
        };
        /**
         * Facets
         * @description What the matching items hold, field by field.
         */
        Facets: {
            /**
             * Count
             * @description How many items match; so far, while `is_complete` is false.
             */
            count: number;
            /** Facets */
            facets: components["schemas"]["Facet"][];
            /**
             * Is Complete
             * @description False while the server still looks for matches: ask again a little later.
             */
            is_complete: boolean;
            /**
             * Is Sampled
             * @description Counts are estimated from a sample of the items.
             */
            is_sampled: boolean;
            /** Revision */
            revision: number;
        };
        /**
         * FacetsWanted
         * @description Which items, and which fields to count; every useful field when left out.
         */
        FacetsWanted: {
            /**
             * As Of
             * @description A revision to read at; now when left out.
             */
            as_of?: number | null;
            /**
             * Dql
             * @description Query as JSON (DQL).
             */
            dql?: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** Fields */
            fields?: string[] | null;
            /**
             * Q
             * @description Query as text: `label:car subset:train`.
             */
            q?: string | null;
        };
        /**
         * FeaturesState
         * @description Whether an image is encoded, which makes a click on it quick.
         */
        FeaturesState: {
            /**
             * Problem
             * @description Why it failed.
             */
            problem?: string | null;
            /** Segmenter */
            segmenter: string;
            /**
             * State
             * @enum {string}
             */
            state: "ready" | "waiting" | "encoding" | "failed";
        };
        /**
         * Feedback
         * @description Feedback that was received.
         */
        Feedback: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Comment */
            comment: string | null;
            /** Correction */
            correction: components["schemas"]["AnnotationDraft"][] | null;
            /** Endpoint Id */
            endpoint_id: string;
            /** Id */
            id: string;
            /** Item Id */
            item_id: string | null;
            /** Model Id */
            model_id: string;
            /** Prediction Id */
            prediction_id: string;
            verdict: components["schemas"]["Verdict"];
            /** Who */
            who: string | null;
        };
        /**
         * FeedbackCreate
         * @description What somebody says of one answer.
         */
        FeedbackCreate: {
            /** Comment */
            comment?: string | null;
            /**
             * Correction
             * @description What is true, for a correction.
             */
            correction?: components["schemas"]["AnnotationDraft"][] | null;
            /**
             * Label Map
             * @description Labels of the correction by another name: given to known.
             */
            label_map?: {
                [key: string]: string;
            };
            /** Prediction Id */
            prediction_id: string;
            verdict: components["schemas"]["Verdict"];
            /**
             * Who
             * @description As the caller knows them.
             */
            who?: string | null;
        };
        /**
         * FeedbackLink
         * @description Where end users say what they think of one answer.
         */
        FeedbackLink: {
            /**
             * Url
             * @description A signed path: opens this answer's page and no other.
             */
            url: string;
        };
        /**
         * FeedbackLinkCreate
         * @description Which answer is to be asked about.
         */
        FeedbackLinkCreate: {
            /** Prediction Id */
            prediction_id: string;
        };
        /**
         * Finding
         * @description How a model did on one object, label or pair of labels of an item.
         */
        Finding: {
            /**
             * Bounds
             * @description x0 y0 x1 y1 in pixels of the upright image, of the predicted object or the missed one.
             */
            bounds: number[] | null;
            /** Confidence */
            confidence: number | null;
            /**
             * Iou
             * @description Of the two shapes; null for classes and without a pair.
             */
            iou: number | null;
            /**
             * Predicted
             * @description Null for what is missed.
             */
            predicted: string | null;
            /**
             * Truth
             * @description True label; null for what is spurious.
             */
            truth: string | null;
            /**
             * Type
             * @description empty: nothing is there and nothing was found.
             * @enum {string}
             */
            type: "correct" | "confused" | "missed" | "spurious" | "empty";
        };
        /**
         * FindingsWanted
         * @description Items whose findings are to be read at once; those that the evaluation did not use have none.
         */
        FindingsWanted: {
            /** Item Ids */
            item_ids: string[];
        };
        /**
         * Flag
         * @description An answer that deserves a look.
         */
        Flag: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Endpoint Id */
            endpoint_id: string;
            /** Id */
            id: string;
            /** Item Id */
            item_id: string | null;
            kind: components["schemas"]["RuleKind"];
            /** Model Id */
            model_id: string;
            /** Prediction Id */
            prediction_id: string;
            /** Reason */
            reason: string;
            /** Rule Id */
            rule_id: string;
            /** Score */
            score: number | null;
        };
        /**
         * FlagCatalogue
         * @description What went wrong lately, grouped.
         */
        FlagCatalogue: {
            /** Groups */
            groups: components["schemas"]["FlagGroup"][];
            /** N Flags */
            n_flags: number;
            /**
             * N Ungrouped
             * @description Stand alone, or have no image to compare.
             */
            n_ungrouped: number;
            /** Since */
            since: string | null;
        };
        /**
         * FlagGroup
         * @description Flagged answers that look alike: the pattern behind single mistakes.
         */
        FlagGroup: {
            /**
             * Examples
             * @description Prediction ids, the most typical first.
             */
            examples: string[];
            /** Item Ids */
            item_ids: string[];
            /**
             * Kinds
             * @description Flags by rule kind.
             */
            kinds: {
                [key: string]: number;
            };
            /**
             * Labels
             * @description Answers by label.
             */
            labels: {
                [key: string]: number;
            };
            /**
             * Metadata
             * @description Values that are commoner here than elsewhere.
             */
            metadata: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            /** Number */
            number: number;
            /** Size */
            size: number;
            /**
             * Title
             * @description What they share, in words.
             */
            title: string;
            /**
             * Wrong
             * @description How many were reported wrong.
             */
            wrong: number;
        };
        /**
         * FlagRule
         * @description A rule of an endpoint.
         */
        FlagRule: {
            /**
             * Above
             * @description disagreement, novelty: flagged over this value.
             */
            above?: number | null;
            /**
             * Below
             * @description confidence, margin, metric: flagged under this value.
             */
            below?: number | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Endpoint Id */
            endpoint_id: string;
            /** Id */
            id: string;
            /**
             * Is On
             * @default true
             */
            is_on: boolean;
            kind: components["schemas"]["RuleKind"];
            /**
             * Metric
             * @description metric: the share of good feedback.
             * @default ok_share
             * @constant
             */
            metric: "ok_share";
            /**
             * Per Day
             * @description Most flags of this rule in a day.
             * @default 100
             */
            per_day: number;
            /**
             * Share
             * @description random: share of the requests.
             */
            share?: number | null;
            /**
             * Today
             * @description Flags it has raised today.
             * @default 0
             */
            today: number;
            /**
             * Window
             * @description metric: over so many of the newest feedbacks.
             * @default 50
             */
            window: number;
        };
        /**
         * FlagRuleUpdate
         * @description What is to change of a rule; what is left out stays. Its kind does not change: make another.
         */
        FlagRuleUpdate: {
            /** Above */
            above?: number | null;
            /** Below */
            below?: number | null;
            /** Is On */
            is_on?: boolean | null;
            /** Per Day */
            per_day?: number | null;
            /** Share */
            share?: number | null;
            /** Window */
            window?: number | null;
        };
        /**
         * FlagRuleWrite
         * @description When an answer is flagged, and how often at most.
         */
        FlagRuleWrite: {
            /**
             * Above
             * @description disagreement, novelty: flagged over this value.
             */
            above?: number | null;
            /**
             * Below
             * @description confidence, margin, metric: flagged under this value.
             */
            below?: number | null;
            /**
             * Is On
             * @default true
             */
            is_on: boolean;
            kind: components["schemas"]["RuleKind"];
            /**
             * Metric
             * @description metric: the share of good feedback.
             * @default ok_share
             * @constant
             */
            metric: "ok_share";
            /**
             * Per Day
             * @description Most flags of this rule in a day.
             * @default 100
             */
            per_day: number;
            /**
             * Share
             * @description random: share of the requests.
             */
            share?: number | null;
            /**
             * Window
             * @description metric: over so many of the newest feedbacks.
             * @default 50
             */
            window: number;
        };
        /**
         * FlagsTask
         * @description Flagged images to be labelled: a group of the catalogue, some items, or all that no task has yet.
         */
        FlagsTask: {
            /**
             * Group
             * @description Number in the catalogue.
             */
            group?: number | null;
            /** Item Ids */
            item_ids?: string[] | null;
            /**
             * Name
             * @description Of the task; one of this name takes them in.
             */
            name: string;
        };
        /**
         * FreezeRequest
         * @description Why the test subset may not change from now on.
         */
        FreezeRequest: {
            /** Reason */
            reason: string;
        };
        /**
         * FrozenTest
         * @description Since when and why a dataset's test subset may not change.
         */
        FrozenTest: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string;
            /** Reason */
            reason: string;
            /** Revision */
            revision: number;
        };
        /**
         * GraphProblem
         * @description Something that keeps a graph from running, or that is worth a look, and where.
         */
        GraphProblem: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /** Node */
            node?: string | null;
            /** Port */
            port?: string | null;
            /**
             * Severity
             * @description A warning does not keep the graph from running.
             * @default error
             * @enum {string}
             */
            severity: "error" | "warning";
        };
        /**
         * GridAnnotation
         * @description An annotation as a grid of items shows it.
         */
        GridAnnotation: {
            /** Author Id */
            author_id: string;
            author_kind: components["schemas"]["AuthorKind"];
            /** Confidence */
            confidence: number | null;
            /** Geometry */
            geometry: components["schemas"]["ClassTag"] | components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"] | components["schemas"]["Mask"] | components["schemas"]["Track"];
            /** Id */
            id: string;
            /** Item Id */
            item_id: string;
            /** Label */
            label: string;
            layer: components["schemas"]["Layer"];
            origin: components["schemas"]["Origin"];
        };
        /**
         * GridAnnotations
         * @description The annotations of some items, in the order of the items.
         */
        GridAnnotations: {
            /** Annotations */
            annotations: components["schemas"]["GridAnnotation"][];
            /**
             * Is Truncated
             * @description There are more annotations than one answer holds.
             */
            is_truncated: boolean;
            /** Revision */
            revision: number;
        };
        /**
         * Health
         * @description The server answers and its database does too.
         */
        Health: {
            /** Pending Writes */
            pending_writes: number;
            /**
             * Status
             * @default ok
             * @constant
             */
            status: "ok";
        };
        /**
         * HealthIssue
         * @description One thing that is wrong with images, and how many have it.
         */
        HealthIssue: {
            /**
             * Examples
             * @description Item ids, worst first.
             */
            examples: string[];
            /**
             * Kind
             * @enum {string}
             */
            kind: "blurred" | "dark" | "bright" | "flat" | "odd_size" | "odd_aspect" | "truncated";
            /** N Items */
            n_items: number;
            /**
             * Query
             * @description Finds them in the explorer.
             */
            query: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Threshold
             * @description In words, with the numbers of this dataset.
             */
            threshold: string;
        };
        /**
         * HealthReport
         * @description What is wrong with a dataset's images.
         */
        HealthReport: {
            /** Dataset Id */
            dataset_id: string;
            /** Issues */
            issues: components["schemas"]["HealthIssue"][];
            /** N Items */
            n_items: number;
        };
        /**
         * Heartbeat
         * @description Keep a lease.
         */
        Heartbeat: {
            /**
             * Active Seconds
             * @description Seconds of work since the last call that said so, idle time left out; capped by the server's clock.
             * @default 0
             */
            active_seconds: number;
            /** Lease Token */
            lease_token: string;
        };
        /**
         * ImportedPart
         * @description A part of another tool's pipeline, and what it became.
         */
        ImportedPart: {
            /**
             * Became
             * @description Node, edge, variable or trigger here; null when not mapped.
             */
            became?: string | null;
            /** Name */
            name: string;
            /**
             * Note
             * @description What differs, what is left to fill in, or why it was not mapped.
             * @default
             */
            note: string;
            /**
             * Was
             * @description What it was there, such as task (qa).
             */
            was: string;
            /**
             * What
             * @enum {string}
             */
            what: "node" | "connection" | "variable" | "trigger";
        };
        /**
         * ImportRequest
         * @description A folder on the server's machine to be taken in.
         */
        ImportRequest: {
            /**
             * Format
             * @description Found out when left out.
             */
            format?: string | null;
            /**
             * Is Dry Run
             * @default false
             */
            is_dry_run: boolean;
            /** Options */
            options?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Path */
            path: string;
        };
        /**
         * Issue
         * @description Something that a reviewer wants mended.
         */
        Issue: {
            /** Annotation Id */
            annotation_id: string | null;
            /** Author Id */
            author_id: string;
            /** Body */
            body: string;
            /**
             * Comments
             * @description Replies, oldest first.
             */
            comments?: components["schemas"]["Comment"][];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /** Item Id */
            item_id: string;
            /** Resolved At */
            resolved_at: string | null;
            /** Resolved By */
            resolved_by: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "open" | "resolved";
            /** Task Id */
            task_id: string;
            /** X */
            x: number | null;
            /** Y */
            y: number | null;
        };
        /**
         * IssueCreate
         * @description Something that needs mending: on an annotation, at a place, or about the whole item.
         */
        IssueCreate: {
            /**
             * Active Seconds
             * @description Seconds of work since the last call that said so, idle time left out; capped by the server's clock.
             * @default 0
             */
            active_seconds: number;
            /** Annotation Id */
            annotation_id?: string | null;
            /** Body */
            body: string;
            /**
             * Lease Token
             * @description In a review task: the reviewer's lease.
             */
            lease_token?: string | null;
            /** X */
            x?: number | null;
            /** Y */
            y?: number | null;
        };
        /**
         * Item
         * @description One image as it stood at a revision. Width and height are pixels of the upright image.
         */
        Item: {
            /** Born Rev */
            born_rev: number;
            /** Bytes */
            bytes: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string;
            /** Group Key */
            group_key?: string | null;
            /** Health */
            health?: {
                [key: string]: number;
            };
            /** Height */
            height: number;
            /** Id */
            id: string;
            /**
             * Is Checked Empty
             * @default false
             */
            is_checked_empty: boolean;
            /** Media Type */
            media_type: string;
            /** Metadata */
            metadata?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Name */
            name: string;
            /** Sha256 */
            sha256: string;
            subset?: components["schemas"]["Subset"] | null;
            /** Width */
            width: number;
        };
        /**
         * ItemAnnotations
         * @description The ground truth of one item and the revision it was read at: the ``base_revision`` of the next save.
         */
        ItemAnnotations: {
            /** Annotations */
            annotations: components["schemas"]["Annotation"][];
            /** Item Id */
            item_id: string;
            /** Revision */
            revision: number;
        };
        /**
         * ItemChange
         * @description One item that differs between two revisions.
         */
        ItemChange: {
            /** Item Id */
            item_id: string;
            kind: components["schemas"]["ChangeKind"];
            /** Name */
            name: string;
        };
        /**
         * ItemCount
         * @description How many items match.
         */
        ItemCount: {
            /** Count */
            count: number;
            /**
             * Is Capped
             * @description Counting stopped early, to stay quick: there are at least `count`.
             */
            is_capped: boolean;
        };
        /**
         * ItemEvent
         * @description One revision that touched an item: who did what to it.
         */
        ItemEvent: {
            /**
             * Action
             * @description What the revision was, such as `save_annotations`.
             */
            action: string;
            /** Actor Id */
            actor_id: string;
            /** Actor Name */
            actor_name: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Revision */
            revision: number;
            /**
             * What
             * @description What became of this item, in words.
             */
            what: string[];
        };
        /**
         * ItemFindings
         * @description What an evaluation found on one item, with the size that the bounds are of.
         */
        ItemFindings: {
            /**
             * Findings
             * @description Surest first, what was missed last.
             */
            findings: components["schemas"]["Finding"][];
            /** Height */
            height: number;
            /** Item Id */
            item_id: string;
            /** Width */
            width: number;
        };
        /**
         * ItemLineage
         * @description Where an item came from, and what was made of it; models count those trained on its copies too.
         */
        ItemLineage: {
            /** Copies */
            copies: components["schemas"]["LineageCopy"][];
            /** Imports */
            imports: components["schemas"]["LineageImport"][];
            /** Models */
            models: components["schemas"]["LineageModel"][];
            /** Predictions */
            predictions: components["schemas"]["LineagePredictions"][];
            /** Snapshots */
            snapshots: components["schemas"]["LineageSnapshot"][];
            /** Tasks */
            tasks: components["schemas"]["LineageTask"][];
        };
        /**
         * ItemPatch
         * @description A change to an item's state; fields that are not given stay as they are.
         *
         *     ``metadata`` is a merge patch (RFC 7396): a null removes the key.
         */
        ItemPatch: {
            /** Group Key */
            group_key?: string | null;
            /**
             * Is Checked Empty
             * @default false
             */
            is_checked_empty: boolean;
            /** Metadata */
            metadata?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            subset?: components["schemas"]["Subset"] | null;
        };
        /**
         * ItemsDelete
         * @description Items to be removed.
         */
        ItemsDelete: {
            /** Item Ids */
            item_ids: string[];
        };
        /**
         * ItemsDeleted
         * @description How many items were removed.
         */
        ItemsDeleted: {
            /** Deleted */
            deleted: number;
        };
        /**
         * ItemSearch
         * @description A query too long for an address.
         */
        ItemSearch: {
            /** As Of */
            as_of?: number | null;
            /** Cursor */
            cursor?: string | null;
            /**
             * Limit
             * @default 100
             */
            limit: number;
            /** Query */
            query?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * ItemsToCount
         * @description A query too long for an address.
         */
        ItemsToCount: {
            /** As Of */
            as_of?: number | null;
            /** Query */
            query?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * ItemsUpdate
         * @description Changes to many items at once, by item id.
         */
        ItemsUpdate: {
            /** Patches */
            patches: {
                [key: string]: components["schemas"]["ItemPatch"];
            };
        };
        /**
         * ItemsUpdated
         * @description How many items were changed.
         */
        ItemsUpdated: {
            /** Updated */
            updated: number;
        };
        /**
         * ItemsWanted
         * @description Which items, by a query in text form or in JSON form; neither means every item.
         */
        ItemsWanted: {
            /**
             * As Of
             * @description A revision to read at; now when left out.
             */
            as_of?: number | null;
            /**
             * Dql
             * @description Query as JSON (DQL).
             */
            dql?: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Q
             * @description Query as text: `label:car subset:train`.
             */
            q?: string | null;
        };
        /**
         * Job
         * @description One long piece of work and how far it is.
         */
        Job: {
            /** Actor Id */
            actor_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Error */
            error?: string | null;
            /** Error Code */
            error_code?: string | null;
            /** Finished At */
            finished_at?: string | null;
            /** Id */
            id: string;
            /**
             * Is Cancel Requested
             * @default false
             */
            is_cancel_requested: boolean;
            /**
             * Kind
             * @description Such as import, export, train or evaluate.
             */
            kind: string;
            /**
             * Message
             * @description What it does now, for people.
             */
            message: string;
            /** Params */
            params?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Progress
             * @description Share done.
             */
            progress: number;
            /** Project Id */
            project_id: string | null;
            /**
             * Result
             * @description What came of it; empty until done.
             */
            result?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Started At */
            started_at?: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "queued" | "running" | "done" | "failed" | "cancelled";
        };
        JsonValue: unknown;
        /**
         * Keyframe
         * @description Where an object is in one frame of a video, and who says so.
         */
        Keyframe: {
            /**
             * By
             * @default person
             * @enum {string}
             */
            by: "person" | "tracker" | "import";
            /**
             * Confidence
             * @description Of a tracker.
             */
            confidence?: number | null;
            /**
             * Frame
             * @description Number of the frame in the order shown, from 0.
             */
            frame: number;
            /**
             * Is Outside
             * @description Not in the picture from this frame on.
             * @default false
             */
            is_outside: boolean;
            /**
             * Shape
             * @description Null only where the object is outside the picture.
             */
            shape?: (components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"]) | null;
        };
        /**
         * Label
         * @description One class name; ``parent`` is the name of the label it is a kind of.
         */
        Label: {
            /**
             * Color
             * @description As #rrggbb; null: Whorl picks.
             */
            color?: string | null;
            /** Name */
            name: string;
            /** Parent */
            parent?: string | null;
        };
        /**
         * LabelChange
         * @description Another label for an annotation.
         */
        LabelChange: {
            /** Annotation Id */
            annotation_id: string;
            /** Label */
            label: string;
        };
        /**
         * LabelOutcomes
         * @description What people made of a model's proposals of one label.
         */
        LabelOutcomes: {
            /**
             * Accepted
             * @default 0
             */
            accepted: number;
            /**
             * Edited
             * @default 0
             */
            edited: number;
            /** Label */
            label: string;
            /**
             * Mean Edit Iou
             * @description IoU of edited shapes with the proposed ones.
             */
            mean_edit_iou?: number | null;
            /**
             * Rejected
             * @default 0
             */
            rejected: number;
        };
        /**
         * LabelRest
         * @description Let an assistant propose on all that nobody finished; never ground truth.
         */
        LabelRest: {
            /**
             * Dry Run
             * @default false
             */
            dry_run: boolean;
            /** Threshold */
            threshold: number;
        };
        /**
         * Layer
         * @description Which statement this is: what people stand behind, or what a model run said.
         * @enum {string}
         */
        Layer: "truth" | "prediction";
        /**
         * Lease
         * @description An item in one person's hands.
         */
        Lease: {
            draft: components["schemas"]["Draft"] | null;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Item Id */
            item_id: string;
            /** Lease Token */
            lease_token: string;
            /**
             * Status Before
             * @description rework: a reviewer sent it back; see its issues.
             * @enum {string}
             */
            status_before: "queued" | "rework";
            /** Task Id */
            task_id: string;
        };
        /**
         * LeaseNext
         * @description Ask for work.
         */
        LeaseNext: {
            /**
             * Item Ids
             * @description These very items, as far as they can be had: waiting, held by oneself, or one's own finished work that nobody reviewed. `n` does not matter then.
             */
            item_ids?: string[] | null;
            /**
             * Lease Seconds
             * @description The task's own when left out.
             */
            lease_seconds?: number | null;
            /**
             * N
             * @default 1
             */
            n: number;
        };
        /**
         * Ledger
         * @description What a pipeline's labels cost.
         */
        Ledger: {
            /** Groups */
            groups?: components["schemas"]["LedgerGroup"][];
            /** Human Seconds */
            human_seconds: number;
            /** Human Seconds Per Object */
            human_seconds_per_object: number | null;
            /** Machine Seconds */
            machine_seconds: number;
            /**
             * N Items
             * @description Items that came out with ground truth.
             */
            n_items: number;
            /**
             * N Missed
             * @description Of them, those that a person added and a model had missed.
             */
            n_missed: number;
            /**
             * N Objects
             * @description Annotations of ground truth on them.
             */
            n_objects: number;
            /**
             * People
             * @description Who worked most comes first.
             */
            people?: components["schemas"]["LedgerPerson"][];
            /** Pipeline Id */
            pipeline_id: string;
            /** Rows */
            rows: components["schemas"]["LedgerRow"][];
        };
        /**
         * LedgerGroup
         * @description The work that needs one set of skills.
         */
        LedgerGroup: {
            /** Human Seconds */
            human_seconds: number;
            /** Human Seconds Per Object */
            human_seconds_per_object: number | null;
            /** N Items */
            n_items: number;
            /** N Objects */
            n_objects: number;
            /** N People */
            n_people: number;
            /**
             * Skills
             * @description Empty: work for anybody.
             */
            skills: string[];
        };
        /**
         * LedgerPerson
         * @description What one person did in the pipeline's tasks.
         */
        LedgerPerson: {
            /** Human Seconds */
            human_seconds: number;
            /**
             * N Items
             * @description Handed in or reviewed; again after rework.
             */
            n_items: number;
            /** Name */
            name: string;
            /** Person Id */
            person_id: string;
            /** Skills */
            skills: string[];
        };
        /**
         * LedgerRow
         * @description One step of a pipeline, or one task.
         */
        LedgerRow: {
            /** Human Seconds */
            human_seconds: number;
            /**
             * Human Seconds Per Object
             * @description Null where nobody did anything.
             */
            human_seconds_per_object?: number | null;
            /** Machine Seconds */
            machine_seconds: number;
            /**
             * N Items
             * @description That went through it.
             */
            n_items: number;
            /**
             * N Objects
             * @description Annotations that people added, changed or named there.
             */
            n_objects: number;
            /** Node */
            node: string;
            /**
             * Skills
             * @description What its people must be able to do.
             */
            skills?: string[];
            /** Task Id */
            task_id?: string | null;
            /**
             * Type
             * @description Of the node, such as label or predict.
             */
            type: string;
        };
        /**
         * LineageCopy
         * @description Another item of the project with the same bytes.
         */
        LineageCopy: {
            /** Dataset Id */
            dataset_id: string;
            /** Dataset Name */
            dataset_name: string;
            /** Item Id */
            item_id: string;
            /** Name */
            name: string;
        };
        /**
         * LineageImport
         * @description An import that brought an item.
         */
        LineageImport: {
            /** Bytes */
            bytes: number;
            /** Name */
            name: string;
            /** Source */
            source: string;
        };
        /**
         * LineageModel
         * @description A model that an item was among the data of.
         */
        LineageModel: {
            /** Dataset Id */
            dataset_id: string;
            /** Model Id */
            model_id: string;
            /** Name */
            name: string;
            /** Revision */
            revision: number;
            /**
             * Subset
             * @description As what it was used: train or validation.
             */
            subset: string;
            /** Trained At */
            trained_at: string | null;
        };
        /**
         * LineagePredictions
         * @description What a model says about an item now.
         */
        LineagePredictions: {
            /** Annotations */
            annotations: number;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Model Id */
            model_id: string;
            /** Model Name */
            model_name: string;
            /** Revision */
            revision: number;
        };
        /**
         * LineageSnapshot
         * @description A snapshot that holds an item.
         */
        LineageSnapshot: {
            /** Name */
            name: string;
            /** Revision */
            revision: number;
            /** Snapshot Id */
            snapshot_id: string;
        };
        /**
         * LineageTask
         * @description A task that an item is or was in.
         */
        LineageTask: {
            /** Kind */
            kind: string;
            /** Name */
            name: string;
            /** Reviewed By */
            reviewed_by: string | null;
            /** Reviewed By Name */
            reviewed_by_name: string | null;
            /**
             * Status
             * @description Where the item stands in it.
             */
            status: string;
            /** Submitted By */
            submitted_by: string | null;
            /** Submitted By Name */
            submitted_by_name: string | null;
            /** Task Id */
            task_id: string;
        };
        /**
         * ListedIds
         * @description The ids of the items at some positions of a listing.
         */
        ListedIds: {
            /**
             * Count
             * @description How many items the listing holds by now.
             */
            count: number;
            /** Item Ids */
            item_ids: string[];
            /** Start */
            start: number;
        };
        /**
         * Listing
         * @description A list of the matching items at one revision, whose positions never shift.
         *
         *     The server forgets listings that nobody used for long; `listing_gone` says to make it again.
         */
        Listing: {
            /**
             * Count
             * @description How many items it holds; so far, while `is_complete` is false.
             */
            count: number;
            /** Dataset Id */
            dataset_id: string;
            /** Id */
            id: string;
            /** Is Complete */
            is_complete: boolean;
            /** Revision */
            revision: number;
        };
        /**
         * ListingPage
         * @description The items at some positions of a listing, as they stood at its revision.
         */
        ListingPage: {
            /**
             * Annotations
             * @description In the order of the items; empty unless asked for.
             */
            annotations: components["schemas"]["GridAnnotation"][];
            /** Count */
            count: number;
            /** Is Complete */
            is_complete: boolean;
            /**
             * Is Truncated
             * @description There are more annotations than one answer holds.
             */
            is_truncated: boolean;
            /** Items */
            items: components["schemas"]["Item"][];
            /** Start */
            start: number;
        };
        /**
         * Login
         * @description Sign in with a password.
         */
        Login: {
            /** Email */
            email: string;
            /** Password */
            password: string;
        };
        /**
         * LogLine
         * @description Something that a node said.
         */
        LogLine: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Level
             * @enum {string}
             */
            level: "info" | "warning" | "error";
            /** Message */
            message: string;
            /** Node */
            node: string;
            /** Run Id */
            run_id?: string | null;
        };
        /**
         * MagicInfo
         * @description What the magic tools can do here.
         */
        MagicInfo: {
            /**
             * Default
             * @description The segmenter that `auto` uses.
             */
            default: string;
            /** Segmenters */
            segmenters: components["schemas"]["SegmenterInfo"][];
        };
        /**
         * MapCategory
         * @description One colour of a map's legend.
         */
        MapCategory: {
            /**
             * Chip
             * @description The term that finds these items; empty where no term does.
             */
            chip: string;
            /**
             * Count
             * @description Points of this colour.
             */
            count: number;
            /**
             * Is Rest
             * @description All that have no category of their own, or no value.
             */
            is_rest: boolean;
            /** Title */
            title: string;
            /** Value */
            value: string;
        };
        /**
         * MapChannel
         * @description Something that the points of a map can be coloured by.
         */
        MapChannel: {
            /** By */
            by: string;
            /** Title */
            title: string;
        };
        /**
         * MapColours
         * @description The legend of a map's colours; the category of each point stands behind it, as binary.
         */
        MapColours: {
            /** By */
            by: string;
            /** Categories */
            categories: components["schemas"]["MapCategory"][];
            /**
             * Is Ordered
             * @description From low to high.
             */
            is_ordered: boolean;
        };
        /**
         * MapRequest
         * @description Project a dataset's vectors to two dimensions.
         */
        MapRequest: {
            /**
             * Filter
             * @description Query: lay out these items only.
             */
            filter?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Is Fresh
             * @description Begin anew rather than from the places of the map before.
             * @default false
             */
            is_fresh: boolean;
            /**
             * Method
             * @description `tsne` or `pca`; the default suits the number of items.
             */
            method?: string | null;
            /**
             * Seed
             * @default 0
             */
            seed: number;
            /** Space */
            space?: string | null;
        };
        /**
         * MarginalLabels
         * @description What further labels are worth after the last round: the rule to stop by.
         */
        MarginalLabels: {
            /** Extra */
            extra: number;
            /** High */
            high: number | null;
            /**
             * Labels
             * @description Labels after the last round.
             */
            labels: number;
            /** Low */
            low: number | null;
            /** Message */
            message: string;
            /** Strategy */
            strategy: string;
            /**
             * Value
             * @description Gain of the metric; null when too little was measured.
             */
            value: number | null;
        };
        /**
         * Mask
         * @description A binary mask as COCO's compressed run lengths (column by column, zeros first).
         */
        Mask: {
            /** Counts */
            counts: string;
            /** Height */
            height: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "mask";
            /** Width */
            width: number;
        };
        /**
         * Me
         * @description Who is asking.
         */
        Me: {
            /**
             * Csrf Token
             * @description Null unless the request came with a session cookie.
             */
            csrf_token?: string | null;
            /** Id */
            id: string;
            /** Is Admin */
            is_admin: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "person" | "service";
            /** Name */
            name: string;
            /**
             * Roles
             * @description Role by project id; empty for an admin, who is owner everywhere.
             */
            roles: {
                [key: string]: "owner" | "manager" | "reviewer" | "annotator" | "viewer";
            };
        };
        /**
         * Member
         * @description A person's role in a project.
         */
        Member: {
            /** Email */
            email: string;
            /** Name */
            name: string;
            /** Person Id */
            person_id: string;
            /**
             * Role
             * @enum {string}
             */
            role: "owner" | "manager" | "reviewer" | "annotator" | "viewer";
            /**
             * Skills
             * @description What this person may be asked beyond common work.
             */
            skills?: string[];
        };
        /**
         * MemberSet
         * @description Give a person, by email or id, a role in the project.
         */
        MemberSet: {
            /**
             * Person
             * @description Email or id.
             */
            person: string;
            /**
             * Role
             * @enum {string}
             */
            role: "owner" | "manager" | "reviewer" | "annotator" | "viewer";
            /**
             * Skills
             * @description Left out: as they were.
             */
            skills?: string[] | null;
        };
        /**
         * Model
         * @description A model version and everything it came from.
         */
        Model: {
            /** Architecture */
            architecture: string;
            /**
             * Assistant Id
             * @description Of a model that only helps with one labelling task.
             */
            assistant_id?: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string | null;
            /** Error */
            error: string | null;
            /** Id */
            id: string;
            /**
             * Items Digest
             * @description SHA-256 over the ids and bytes of its training items.
             */
            items_digest: string | null;
            /** Labels */
            labels: string[];
            /**
             * Latency Ms
             * @description Of one image at a time, where it was trained.
             */
            latency_ms?: number | null;
            /** Metrics */
            metrics: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** N Items */
            n_items: number | null;
            /** Name */
            name: string;
            /** Params */
            params: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Parent Id */
            parent_id: string | null;
            /** Project Id */
            project_id: string;
            /** Query */
            query: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Revision
             * @description The dataset revision it was trained on.
             */
            revision: number | null;
            /** Seconds */
            seconds: number | null;
            /**
             * Size Bytes
             * @description Of the files that predict.
             */
            size_bytes?: number | null;
            /**
             * Status
             * @description created, training, trained, failed or cancelled
             */
            status: string;
            /** Task */
            task: string;
            /** Trained At */
            trained_at: string | null;
            /**
             * Variant
             * @description int8 or fp16; null for the model as trained.
             */
            variant?: string | null;
            /**
             * Variant Of
             * @description The model whose weights these are, in another precision.
             */
            variant_of?: string | null;
            /** @description What the newest comparison said of it as a challenger; null without any. */
            verdict?: components["schemas"]["ModelVerdict"] | null;
        };
        /**
         * ModelCheck
         * @description What training such a model would mean; nothing was written.
         */
        ModelCheck: {
            /** Architecture */
            architecture: string;
            /** Can Train */
            can_train: boolean;
            /** Errors */
            errors: components["schemas"]["CheckNotice"][];
            /**
             * Estimate
             * @description How the estimate came about.
             */
            estimate: string;
            /**
             * Estimated Seconds
             * @description Of one CPU; null when it cannot be told.
             */
            estimated_seconds: number | null;
            /**
             * Large Images
             * @description Train images with more than four times that size.
             */
            large_images: number;
            /**
             * N Effective
             * @description Train samples after the sampling.
             */
            n_effective: number;
            /**
             * Params
             * @description As they would be stored.
             */
            params: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Revision */
            revision: number;
            /**
             * Size Px
             * @description Longest side of the network's input; null where it has none.
             */
            size_px: number | null;
            /**
             * Small Images
             * @description Train images with less than half that size.
             */
            small_images: number;
            /**
             * Subsets
             * @description train, validation and test.
             */
            subsets: components["schemas"]["SubsetCheck"][];
            /** Task */
            task: string;
            /** Warnings */
            warnings: components["schemas"]["CheckNotice"][];
        };
        /**
         * ModelClone
         * @description What shall be different; everything left out is as in the model that is cloned.
         */
        ModelClone: {
            augment?: components["schemas"]["Augment"] | null;
            /**
             * Is Current
             * @description Take the dataset's present revision.
             * @default false
             */
            is_current: boolean;
            /** Name */
            name?: string | null;
            /**
             * Params
             * @description Replace single parameters; null removes.
             */
            params?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Preset
             * @description Its parameters replace the cloned ones, then `params`.
             */
            preset?: ("speed" | "balance" | "accuracy") | null;
            queries?: components["schemas"]["SubsetQueries"] | null;
            /**
             * Query
             * @description Left out: the query of the original.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** Sampling */
            sampling?: ("as_is" | "class_balanced" | "repeat_rare") | null;
            /**
             * Snapshot
             * @description Name or id; left out, the very revision of the original.
             */
            snapshot?: string | null;
        };
        /**
         * ModelCreate
         * @description A model to be registered; training makes it real.
         */
        ModelCreate: {
            /**
             * Architecture
             * @description Such as builtin:linear or my_pkg.mod:MyModel.
             */
            architecture: string;
            /** @description How networks change images; their defaults when null. */
            augment?: components["schemas"]["Augment"] | null;
            /** Dataset Id */
            dataset_id: string;
            /** Name */
            name: string;
            /**
             * Params
             * @description The architecture's own parameters.
             */
            params?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Parent Id
             * @description The model that this one is to replace.
             */
            parent_id?: string | null;
            /**
             * Preset
             * @description Parameters to begin with; `params` win over them.
             */
            preset?: ("speed" | "balance" | "accuracy") | null;
            /** @description Narrows each subset by itself. */
            queries?: components["schemas"]["SubsetQueries"];
            /**
             * Query
             * @description Which labelled items, as text or DQL; all when null.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Sampling
             * @description How often each train item is seen; as_is when null.
             */
            sampling?: ("as_is" | "class_balanced" | "repeat_rare") | null;
            /**
             * Snapshot
             * @description Name or id; the dataset's present revision when left out.
             */
            snapshot?: string | null;
            /**
             * Task
             * @description Left out: what the architecture does, else what the dataset's ground truth is made of.
             */
            task?: string | null;
        };
        /**
         * ModelCurves
         * @description What a training reported, thinned, on one axis with the others.
         */
        ModelCurves: {
            /** Model Id */
            model_id: string;
            /**
             * Points
             * @description Each with seconds since the start, and progress where known.
             */
            points: {
                [key: string]: number;
            }[];
        };
        /**
         * ModelImported
         * @description What was understood of a model, and the registered model unless it was a dry run.
         */
        ModelImported: {
            /**
             * Facts
             * @description How its input is made and its outputs are read.
             */
            facts: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Labels
             * @description The model's own, in the order of its outputs.
             */
            labels: string[];
            /**
             * Labels Map
             * @description As registered; of a dry run, as proposed.
             */
            labels_map: {
                [key: string]: string | null;
            };
            model: components["schemas"]["Model"] | null;
            /**
             * Notes
             * @description What was assumed.
             */
            notes: string[];
            /** Task */
            task: string;
            /**
             * Unmatched
             * @description Labels that the ontology lacks and the map does not name.
             */
            unmatched: string[];
        };
        /**
         * ModelOutcomes
         * @description What people made of a model's proposals; each proposal counts once, by the last word about it.
         */
        ModelOutcomes: {
            /** Accepted */
            accepted: number;
            /**
             * By Label
             * @description By predicted label, most proposals first.
             */
            by_label: components["schemas"]["LabelOutcomes"][];
            /** Edited */
            edited: number;
            /**
             * Mean Edit Iou
             * @description IoU of edited shapes with the proposed ones; null without any.
             */
            mean_edit_iou: number | null;
            /** Rejected */
            rejected: number;
        };
        /**
         * ModelRow
         * @description A run in the table: what differs between the chosen ones, and what came of it.
         */
        ModelRow: {
            /** Architecture */
            architecture: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Latency Ms */
            latency_ms: number | null;
            /** Metrics */
            metrics: {
                [key: string]: number;
            };
            /** Model Id */
            model_id: string;
            /** N Items */
            n_items: number | null;
            /** Name */
            name: string;
            /**
             * Params
             * @description Those that differ between the rows, with defaults filled in.
             */
            params: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Revision */
            revision: number | null;
            /** Seconds */
            seconds: number | null;
            /** Size Bytes */
            size_bytes: number | null;
            /** Status */
            status: string;
            /** Task */
            task: string;
            /** Trained At */
            trained_at: string | null;
        };
        /**
         * ModelTable
         * @description Models side by side.
         */
        ModelTable: {
            /** Curves */
            curves: components["schemas"]["ModelCurves"][];
            /**
             * Metric Names
             * @description Final metrics of any of them.
             */
            metric_names: string[];
            /**
             * Param Names
             * @description Parameters that differ.
             */
            param_names: string[];
            /**
             * Rows
             * @description In the order asked for.
             */
            rows: components["schemas"]["ModelRow"][];
            /**
             * Series
             * @description Names of what the curves hold, most shared first.
             */
            series: string[];
        };
        /**
         * ModelVerdict
         * @description What the newest comparison said of a model as a challenger.
         */
        ModelVerdict: {
            /** Comparison Id */
            comparison_id: string;
            /**
             * Decision
             * @description promote, keep or tie
             */
            decision: string;
            /**
             * Reason
             * @description The first of the comparison's reasons.
             */
            reason: string;
        };
        /**
         * NodeCounts
         * @description How many tokens are where, at one node, and what it has cost.
         */
        NodeCounts: {
            /**
             * Done
             * @default 0
             */
            done: number;
            /**
             * Done Per Minute
             * @description Over the last five minutes.
             * @default 0
             */
            done_per_minute: number;
            /**
             * Failed
             * @description Dead letters there are now.
             * @default 0
             */
            failed: number;
            /**
             * Human Seconds
             * @default 0
             */
            human_seconds: number;
            /**
             * Machine Seconds
             * @default 0
             */
            machine_seconds: number;
            /**
             * Parked
             * @description Kept until people, a round or another token lets them go.
             * @default 0
             */
            parked: number;
            /**
             * Running
             * @default 0
             */
            running: number;
            /**
             * Waiting
             * @default 0
             */
            waiting: number;
        };
        /**
         * NodeFamily
         * @description Where a node belongs in the palette.
         * @enum {string}
         */
        NodeFamily: "data" | "people" | "model" | "quality" | "control";
        /**
         * NodeSpec
         * @description One node. A parameter may be ``{"$var": "name"}``; it is read anew for every batch.
         */
        NodeSpec: {
            /** @description Place on the canvas; laid out when left out. */
            at?: components["schemas"]["Position"] | null;
            /** Id */
            id: string;
            /** Params */
            params?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Type */
            type: string;
        };
        /**
         * NodeToken
         * @description One token at a node, or one that has passed it.
         */
        NodeToken: {
            /** Error */
            error?: string | null;
            /**
             * Port
             * @description The input it came in by; for `done` the output it left by.
             */
            port?: string | null;
            /**
             * Ref
             * @description Public id of what travels; empty for a signal.
             */
            ref: string;
            /** Run Id */
            run_id: string | null;
            /**
             * Since
             * @description When it parked, failed or passed; unknown while it moves.
             */
            since?: string | null;
            /**
             * State
             * @enum {string}
             */
            state: "waiting" | "running" | "parked" | "failed" | "done";
            /**
             * Version
             * @description The pipeline's version that it travels on.
             */
            version: number;
        };
        /**
         * NodeTypeInfo
         * @description A kind of node: its ports, and the JSON schema of its parameters.
         */
        NodeTypeInfo: {
            /** Batch Size */
            batch_size: number;
            /**
             * Description
             * @description What it does with what comes in, and when what leaves by which port.
             */
            description: string;
            family: components["schemas"]["NodeFamily"];
            /** Inputs */
            inputs: {
                [key: string]: components["schemas"]["PortType"];
            };
            /** Is Barrier */
            is_barrier: boolean;
            /**
             * Is Reserved
             * @description Its name is taken for a later version; a pipeline with it cannot run yet.
             */
            is_reserved: boolean;
            /** Lease Seconds */
            lease_seconds: number;
            /** Name */
            name: string;
            /** Optional Inputs */
            optional_inputs: string[];
            /** Outputs */
            outputs: {
                [key: string]: components["schemas"]["PortType"];
            };
            /**
             * Outputs From
             * @description The parameter that names further item outputs: a list of names, or a mapping with names as keys.
             */
            outputs_from: string | null;
            /** Params */
            params: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Resources
             * @description What one body asks of the machine that runs it: cpu, gpu, memory.
             */
            resources: {
                [key: string]: number;
            };
            /** Summary */
            summary: string;
        };
        /**
         * Ontology
         * @description One version of a project's ontology.
         */
        Ontology: {
            /** Attributes */
            attributes?: components["schemas"]["Attribute"][];
            /** Author Id */
            author_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /**
             * Is Open
             * @description Whether an import may add labels it meets.
             * @default false
             */
            is_open: boolean;
            /** Labels */
            labels?: components["schemas"]["Label"][];
            /** Project Id */
            project_id: string;
            /** Version */
            version: number;
        };
        /**
         * OntologyDraft
         * @description The labels and attributes of an ontology to be saved.
         */
        OntologyDraft: {
            /** Attributes */
            attributes?: components["schemas"]["Attribute"][];
            /**
             * Is Open
             * @description Whether an import may add labels it meets.
             * @default false
             */
            is_open: boolean;
            /** Labels */
            labels?: components["schemas"]["Label"][];
        };
        /**
         * Origin
         * @description How an annotation came to be.
         * @enum {string}
         */
        Origin: "drawn" | "imported" | "predicted" | "accepted" | "edited" | "auto_accepted" | "converted";
        /**
         * Overview
         * @description Where a project's loop stands.
         */
        Overview: {
            champion: components["schemas"]["OverviewChampion"] | null;
            /**
             * Jobs
             * @description Those that run or wait.
             */
            jobs: components["schemas"]["Job"][];
            label_saving: components["schemas"]["OverviewSaving"] | null;
            /**
             * Label Saving Pending
             * @description It is being computed; ask again in a moment.
             * @default false
             */
            label_saving_pending: boolean;
            /**
             * Rounds
             * @description Oldest first.
             */
            rounds: components["schemas"]["OverviewRound"][];
            /** Stages */
            stages: components["schemas"]["Stage"][];
            /** Waiting */
            waiting: components["schemas"]["Waiting"][];
        };
        /**
         * OverviewChampion
         * @description The model that the project uses now.
         */
        OverviewChampion: {
            /**
             * Gain
             * @description Its gain over the model before it, on the same test items.
             */
            gain?: number | null;
            /** Gain High */
            gain_high?: number | null;
            /**
             * Gain Low
             * @description Lower end of the gain's interval.
             */
            gain_low?: number | null;
            /** High */
            high: number | null;
            /**
             * Low
             * @description Lower end of the metric's interval; null where the metric has none.
             */
            low: number | null;
            /** Metric */
            metric: number | null;
            /** Metric Name */
            metric_name: string | null;
            /** Model Id */
            model_id: string;
            /** Name */
            name: string;
            /** Pipeline Id */
            pipeline_id?: string | null;
            /** Since */
            since: string | null;
        };
        /**
         * OverviewRound
         * @description One meeting of champion and challenger.
         */
        OverviewRound: {
            /**
             * Arm
             * @description Name of the ground-truth dataset of this line of rounds.
             */
            arm: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Best
             * @description The metric of whichever the decision left as champion.
             */
            best: number | null;
            /** Challenger */
            challenger: number | null;
            /**
             * Champion
             * @description The champion's metric on the same items; null before the first.
             */
            champion: number | null;
            /** Comparison Id */
            comparison_id: string;
            /**
             * Decision
             * @description promote, keep or tie
             */
            decision: string;
            /**
             * Is Control
             * @description A line that chooses at random, to measure the saving.
             * @default false
             */
            is_control: boolean;
            /**
             * Labels
             * @description Labelled items that the challenger could learn from.
             */
            labels: number;
            /** Metric Name */
            metric_name: string;
            /**
             * Model Id
             * @description The challenger.
             */
            model_id: string;
        };
        /**
         * OverviewSaving
         * @description Share of labels saved against choosing at random, with its interval.
         */
        OverviewSaving: {
            /**
             * Basis
             * @description What the figure rests on, in a sentence.
             */
            basis: string;
            /** High */
            high: number;
            /** Low */
            low: number;
            /**
             * Unproven
             * @description The interval includes no saving, or there was only one round.
             */
            unproven: boolean;
            /** Value */
            value: number;
        };
        /** Page[AuditEntry] */
        Page_AuditEntry_: {
            /** Items */
            items: components["schemas"]["AuditEntry"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Comparison] */
        Page_Comparison_: {
            /** Items */
            items: components["schemas"]["Comparison"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Dataset] */
        Page_Dataset_: {
            /** Items */
            items: components["schemas"]["Dataset"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[DeadLetter] */
        Page_DeadLetter_: {
            /** Items */
            items: components["schemas"]["DeadLetter"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Delivery] */
        Page_Delivery_: {
            /** Items */
            items: components["schemas"]["Delivery"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[DuplicateGroup] */
        Page_DuplicateGroup_: {
            /** Items */
            items: components["schemas"]["DuplicateGroup"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[DuplicateScan] */
        Page_DuplicateScan_: {
            /** Items */
            items: components["schemas"]["DuplicateScan"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Endpoint] */
        Page_Endpoint_: {
            /** Items */
            items: components["schemas"]["Endpoint"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Evaluation] */
        Page_Evaluation_: {
            /** Items */
            items: components["schemas"]["Evaluation"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Feedback] */
        Page_Feedback_: {
            /** Items */
            items: components["schemas"]["Feedback"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Flag] */
        Page_Flag_: {
            /** Items */
            items: components["schemas"]["Flag"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Item] */
        Page_Item_: {
            /** Items */
            items: components["schemas"]["Item"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[ItemChange] */
        Page_ItemChange_: {
            /** Items */
            items: components["schemas"]["ItemChange"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Job] */
        Page_Job_: {
            /** Items */
            items: components["schemas"]["Job"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[LogLine] */
        Page_LogLine_: {
            /** Items */
            items: components["schemas"]["LogLine"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Model] */
        Page_Model_: {
            /** Items */
            items: components["schemas"]["Model"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[NodeToken] */
        Page_NodeToken_: {
            /** Items */
            items: components["schemas"]["NodeToken"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Person] */
        Page_Person_: {
            /** Items */
            items: components["schemas"]["Person"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Pipeline] */
        Page_Pipeline_: {
            /** Items */
            items: components["schemas"]["Pipeline"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[PredictionLine] */
        Page_PredictionLine_: {
            /** Items */
            items: components["schemas"]["PredictionLine"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Project] */
        Page_Project_: {
            /** Items */
            items: components["schemas"]["Project"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Revision] */
        Page_Revision_: {
            /** Items */
            items: components["schemas"]["Revision"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Run] */
        Page_Run_: {
            /** Items */
            items: components["schemas"]["Run"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Selection] */
        Page_Selection_: {
            /** Items */
            items: components["schemas"]["Selection"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[SelectionItem] */
        Page_SelectionItem_: {
            /** Items */
            items: components["schemas"]["SelectionItem"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Simulation] */
        Page_Simulation_: {
            /** Items */
            items: components["schemas"]["Simulation"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[Snapshot] */
        Page_Snapshot_: {
            /** Items */
            items: components["schemas"]["Snapshot"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[TaskItem] */
        Page_TaskItem_: {
            /** Items */
            items: components["schemas"]["TaskItem"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /** Page[TaskSummary] */
        Page_TaskSummary_: {
            /** Items */
            items: components["schemas"]["TaskSummary"][];
            /**
             * Next Cursor
             * @description Pass as `cursor` for the next page; null at the end.
             */
            next_cursor?: string | null;
        };
        /**
         * PasswordSet
         * @description A new password for oneself.
         */
        PasswordSet: {
            /**
             * Current
             * @description Null when there is none yet.
             */
            current?: string | null;
            /** Password */
            password: string;
        };
        /**
         * PathAnswer
         * @description The outline, beginning and ending at the given points.
         */
        PathAnswer: {
            /** Milliseconds */
            milliseconds: number;
            /** Points */
            points: [
                number,
                number
            ][];
        };
        /**
         * PathRequest
         * @description An outline along edges from one point to the next (intelligent scissors).
         */
        PathRequest: {
            /** Frame */
            frame?: number | null;
            /**
             * Is Closed
             * @default false
             */
            is_closed: boolean;
            /** Points */
            points: [
                number,
                number
            ][];
        };
        /**
         * Person
         * @description Somebody who can sign in.
         */
        Person: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Email */
            email: string;
            /** Id */
            id: string;
            /** Is Admin */
            is_admin: boolean;
            /** Is Disabled */
            is_disabled: boolean;
            /** Name */
            name: string;
        };
        /**
         * PersonCreate
         * @description A person to be added. Without a password they can only use tokens.
         */
        PersonCreate: {
            /** Email */
            email: string;
            /**
             * Is Admin
             * @default false
             */
            is_admin: boolean;
            /** Name */
            name: string;
            /** Password */
            password?: string | null;
        };
        /**
         * PersonUpdate
         * @description What to change of a person; what is left out stays.
         */
        PersonUpdate: {
            /** Is Disabled */
            is_disabled?: boolean | null;
            /** Password */
            password?: string | null;
        };
        /**
         * Pipeline
         * @description A pipeline at its current version.
         */
        Pipeline: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            definition: components["schemas"]["PipelineDefinition"];
            /** Id */
            id: string;
            /**
             * Is Active
             * @description Its triggers fire.
             */
            is_active: boolean;
            /**
             * Is Paused
             * @description Its nodes take no work.
             * @default false
             */
            is_paused: boolean;
            /** Name */
            name: string;
            /** Project Id */
            project_id: string;
            /** Variables */
            variables: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Version */
            version: number;
        };
        /**
         * PipelineChange
         * @description One difference between two definitions. What was added has no before, what was removed no after.
         */
        PipelineChange: {
            after?: components["schemas"]["JsonValue"];
            before?: components["schemas"]["JsonValue"];
            /**
             * Kind
             * @enum {string}
             */
            kind: "added" | "removed" | "changed";
            /**
             * Name
             * @description Id of the node or trigger, name of the variable, or `source -> target` of the edge.
             */
            name: string;
            /**
             * What
             * @enum {string}
             */
            what: "name" | "description" | "node" | "edge" | "variable" | "trigger";
        };
        /**
         * PipelineDefinition
         * @description A whole pipeline.
         */
        PipelineDefinition: {
            /**
             * Description
             * @default
             */
            description: string;
            /** Edges */
            edges?: components["schemas"]["EdgeSpec"][];
            /**
             * Format
             * @default 1
             * @constant
             */
            format: 1;
            /** Name */
            name: string;
            /** Nodes */
            nodes: components["schemas"]["NodeSpec"][];
            /** Triggers */
            triggers?: (components["schemas"]["EventTrigger"] | components["schemas"]["CountTrigger"] | components["schemas"]["CronTrigger"])[];
            /** Variables */
            variables?: components["schemas"]["VariableSpec"][];
        };
        /**
         * PipelineDiff
         * @description All differences between two definitions; places on the canvas and the order of lists are none.
         */
        PipelineDiff: {
            /** Changes */
            changes: components["schemas"]["PipelineChange"][];
        };
        /**
         * PipelineImport
         * @description Another tool's pipeline as one of Whorl, and what became of each part.
         */
        PipelineImport: {
            definition: components["schemas"]["PipelineDefinition"];
            /** Parts */
            parts: components["schemas"]["ImportedPart"][];
        };
        /**
         * PipelinePause
         * @description How to pause a pipeline.
         */
        PipelinePause: {
            /**
             * Triggers
             * @description keep: triggers go on beginning runs, which wait. drop: what happens starts nothing.
             * @default keep
             * @enum {string}
             */
            triggers: "keep" | "drop";
        };
        /**
         * PipelineRerun
         * @description Which of a pipeline's tokens go again.
         */
        PipelineRerun: {
            /**
             * Node
             * @description Only those that failed at this node.
             */
            node?: string | null;
            /**
             * State
             * @default failed
             * @constant
             */
            state: "failed";
        };
        /**
         * PipelineStatus
         * @description The live state of a pipeline.
         */
        PipelineStatus: {
            /**
             * Is Active
             * @description Its triggers fire.
             * @default true
             */
            is_active: boolean;
            /**
             * Is Paused
             * @description Its nodes take no work.
             * @default false
             */
            is_paused: boolean;
            /** Nodes */
            nodes: {
                [key: string]: components["schemas"]["NodeCounts"];
            };
            /** Pipeline Id */
            pipeline_id: string;
            /** Runs */
            runs: {
                [key: string]: number;
            };
        };
        /**
         * PipelineText
         * @description A definition written down.
         */
        PipelineText: {
            /**
             * Form
             * @enum {string}
             */
            form: "yaml" | "json" | "python";
            /** Text */
            text: string;
        };
        /**
         * PipelineVersion
         * @description One version of a pipeline; runs stay on the version they began with.
         */
        PipelineVersion: {
            /** Author Id */
            author_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Version */
            version: number;
        };
        /**
         * Points
         * @description Key points, in order.
         */
        Points: {
            /** Points */
            points: [
                number,
                number
            ][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "points";
        };
        /**
         * Polygon
         * @description One or more closed rings of at least three points; parts of one object, even-odd filled.
         */
        Polygon: {
            /** Rings */
            rings: [
                number,
                number
            ][][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "polygon";
        };
        /**
         * Polyline
         * @description An open line of at least two points.
         */
        Polyline: {
            /** Points */
            points: [
                number,
                number
            ][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "polyline";
        };
        /**
         * PortType
         * @description What travels through a port.
         * @enum {string}
         */
        PortType: "item" | "model" | "evaluation" | "comparison" | "signal";
        /**
         * Position
         * @description Where a node stands on the canvas, in pixels; it changes nothing else.
         */
        Position: {
            /** X */
            x: number;
            /** Y */
            y: number;
        };
        /**
         * PredictedAnnotation
         * @description What a model says; pixels of the upright image.
         */
        PredictedAnnotation: {
            /** Confidence */
            confidence: number | null;
            /** Geometry */
            geometry: components["schemas"]["ClassTag"] | components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"] | components["schemas"]["Mask"] | components["schemas"]["Track"];
            /** Label */
            label: string;
        };
        /**
         * PredictedImage
         * @description Everything a model says about one image. Width and height are pixels of the upright image.
         */
        PredictedImage: {
            /** Annotations */
            annotations: components["schemas"]["PredictedAnnotation"][];
            /** Height */
            height: number;
            /**
             * Item Id
             * @description Null for an image that was sent along.
             */
            item_id: string | null;
            /** Width */
            width: number;
        };
        /**
         * PredictionLine
         * @description One request and its answer, as the log keeps it.
         */
        PredictionLine: {
            /** Annotations */
            annotations: components["schemas"]["PredictedAnnotation"][];
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Confidence */
            confidence: number | null;
            /** Disagreement */
            disagreement: number | null;
            /** Endpoint Id */
            endpoint_id: string;
            /** Flags */
            flags?: components["schemas"]["RuleKind"][];
            /** Has Image */
            has_image: boolean;
            /** Height */
            height: number;
            /** Id */
            id: string;
            /** Item Id */
            item_id: string | null;
            /** Latency Ms */
            latency_ms: number;
            /** Margin */
            margin: number | null;
            /** Metadata */
            metadata: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Model Id */
            model_id: string;
            /** Novelty */
            novelty: number | null;
            role: components["schemas"]["ServingRole"];
            /** Sha256 */
            sha256: string;
            /** Shadow */
            shadow?: components["schemas"]["PredictedAnnotation"][] | null;
            /** Shadow Model Id */
            shadow_model_id?: string | null;
            /** @description The newest feedback's. */
            verdict?: components["schemas"]["Verdict"] | null;
            /** Width */
            width: number;
        };
        /**
         * PredictItemsRequest
         * @description Items to predict at once, without keeping anything.
         */
        PredictItemsRequest: {
            /** Item Ids */
            item_ids: string[];
            /**
             * Min Confidence
             * @default 0.05
             */
            min_confidence: number;
        };
        /**
         * PredictRequest
         * @description Which items to predict; those of the dataset that the model was trained on when left out.
         */
        PredictRequest: {
            /** Dataset Id */
            dataset_id?: string | null;
            /**
             * Min Confidence
             * @description Weaker boxes are not kept.
             * @default 0.05
             */
            min_confidence: number;
            /**
             * Query
             * @description As text or DQL; every item when null.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** @description Look at images in tiles; null: at each at once. */
            tiling?: components["schemas"]["Tiling"] | null;
        };
        /**
         * PreviewShape
         * @description A shape of the ground truth after the change: its outline in pixels of the answer.
         */
        PreviewShape: {
            /** Label */
            label: string;
            /** Points */
            points: [
                number,
                number
            ][];
        };
        /**
         * Problem
         * @description An error as RFC 9457 problem+json.
         */
        Problem: {
            /**
             * Code
             * @description Stable code; see the list of errors in the reference.
             */
            code: string;
            /** Detail */
            detail: string;
            /** Details */
            details?: {
                [key: string]: unknown;
            };
            /**
             * Hint
             * @default
             */
            hint: string;
            /** Status */
            status: number;
            /** Title */
            title: string;
            /**
             * Type
             * @description Stable address of the error's documentation.
             */
            type: string;
        };
        /**
         * Project
         * @description The unit of membership, ontology, pipelines and models.
         */
        Project: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Settings */
            settings: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * ProjectCreate
         * @description A project to be made.
         */
        ProjectCreate: {
            /** Name */
            name: string;
            /** Settings */
            settings?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * ProjectUpdate
         * @description What to change of a project; what is left out stays.
         */
        ProjectUpdate: {
            /** Name */
            name?: string | null;
            /** Settings */
            settings?: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
        };
        /**
         * Promoted
         * @description The ids of the new ground truth.
         */
        Promoted: {
            /** Annotation Ids */
            annotation_ids: string[];
        };
        /**
         * Promotion
         * @description Predictions that a person accepts as they are.
         */
        Promotion: {
            /** Annotation Ids */
            annotation_ids: string[];
        };
        /**
         * PropagateAnswer
         * @description What became of each shape, by its key.
         */
        PropagateAnswer: {
            /** Milliseconds */
            milliseconds: number;
            /** Tracks */
            tracks: {
                [key: string]: components["schemas"]["PropagatedTrack"];
            };
        };
        /**
         * PropagatedTrack
         * @description One object, frame by frame.
         */
        PropagatedTrack: {
            /** Keyframes */
            keyframes: components["schemas"]["Keyframe"][];
            /** Reason */
            reason?: string | null;
            /**
             * Stopped At
             * @description The frame at which it was lost; null: it was followed to the end.
             */
            stopped_at: number | null;
        };
        /**
         * PropagateRequest
         * @description Carry shapes on through a video.
         */
        PropagateRequest: {
            /**
             * Ends
             * @description Where objects are in `to_frame`, when known: followed from both sides.
             */
            ends?: {
                [key: string]: components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"];
            };
            /** Frame */
            frame: number;
            /**
             * Shapes
             * @description Where each object is in `frame`, by any key.
             */
            shapes: {
                [key: string]: components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"];
            };
            /**
             * To Frame
             * @description Earlier than `frame`: backwards. At most 300 frames away.
             */
            to_frame: number;
            /**
             * Tracker
             * @description flow, a tracker that was installed, or the id of a model that tracks.
             * @default flow
             */
            tracker: string;
        };
        /**
         * ProtectedSlice
         * @description A part of the test items where the challenger must be shown not to fall: by a query, a label, or both.
         */
        ProtectedSlice: {
            /**
             * Floor Drop
             * @description The margin: a fall below it is accepted.
             * @default 0.05
             */
            floor_drop: number;
            /**
             * Label
             * @description Measure this label only.
             */
            label?: string | null;
            /**
             * Name
             * @description The query or the label when left out.
             */
            name?: string | null;
            /**
             * Query
             * @description Of the test items, as text or DQL.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
        };
        /**
         * Pruned
         * @description What retention removed, or would remove.
         */
        Pruned: {
            /** Images */
            images: number;
            /** Is Dry Run */
            is_dry_run: boolean;
            /** Lines */
            lines: number;
        };
        /**
         * QueryField
         * @description A field that the text form of a query may name.
         */
        QueryField: {
            /**
             * Name
             * @description As it is written in a query.
             */
            name: string;
            /** Title */
            title: string;
            /**
             * Type
             * @enum {string}
             */
            type: "text" | "number" | "boolean" | "time" | "choice" | "any";
            /**
             * Values
             * @description Values to offer, as they are written in a query.
             */
            values?: string[] | null;
        };
        /**
         * Range
         * @description A confidence interval; ``level`` is its coverage.
         */
        Range: {
            /** High */
            high: number;
            /**
             * Level
             * @default 0.95
             */
            level: number;
            /** Low */
            low: number;
        };
        /**
         * Recipe
         * @description Ontology, tools and instructions for one kind of task.
         */
        Recipe: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: string;
            /**
             * Instructions
             * @default
             */
            instructions: string;
            /**
             * Labels
             * @description The only labels to be used; null: all.
             */
            labels?: string[] | null;
            /** Name */
            name: string;
            /** Ontology Id */
            ontology_id: string;
            /** Project Id */
            project_id: string;
            /** Tools */
            tools: components["schemas"]["Tool"][];
        };
        /**
         * RecipeDraft
         * @description A recipe to be saved.
         */
        RecipeDraft: {
            /**
             * Instructions
             * @default
             */
            instructions: string;
            /**
             * Labels
             * @description The only labels to be used; null: all.
             */
            labels?: string[] | null;
            /** Name */
            name: string;
            /** Tools */
            tools: components["schemas"]["Tool"][];
        };
        /**
         * Relabel
         * @description Other labels for annotations of one dataset, all or none.
         */
        Relabel: {
            /**
             * Base Revision
             * @description Refuse when one of these annotations changed after it; not checked when null.
             */
            base_revision?: number | null;
            /** Changes */
            changes: components["schemas"]["LabelChange"][];
        };
        /**
         * Release
         * @description Give an item back unfinished; its draft stays.
         */
        Release: {
            /**
             * Active Seconds
             * @description Seconds of work since the last call that said so, idle time left out; capped by the server's clock.
             * @default 0
             */
            active_seconds: number;
            /** Lease Token */
            lease_token: string;
        };
        /**
         * ReliabilityBin
         * @description Answers of about the same confidence, and the share of them that is correct.
         */
        ReliabilityBin: {
            /** Accuracy */
            accuracy: number;
            /**
             * Confidence
             * @description Mean over the bin.
             */
            confidence: number;
            /** Count */
            count: number;
            /** High */
            high: number;
            /** Low */
            low: number;
        };
        /**
         * ReplyCreate
         * @description A reply to an issue.
         */
        ReplyCreate: {
            /** Body */
            body: string;
        };
        /**
         * RestPreview
         * @description What labelling the rest would give, over the threshold.
         */
        RestPreview: {
            /**
             * N Items
             * @description Items of the task that nobody finished.
             */
            n_items: number;
            /**
             * N Looked At
             * @description How many of them this was computed on.
             */
            n_looked_at: number;
            /** Points */
            points: components["schemas"]["ThresholdPoint"][];
        };
        /**
         * Revision
         * @description Who changed a dataset, when, and what was done.
         */
        Revision: {
            /** Action */
            action: string;
            /** Actor Id */
            actor_id: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Revision */
            revision: number;
            /** Summary */
            summary: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * RevisionDiff
         * @description What differs between two revisions of a dataset; annotations are ground truth only.
         */
        RevisionDiff: {
            annotations: components["schemas"]["ChangeCounts"];
            /** Dataset Id */
            dataset_id: string;
            /** From Revision */
            from_revision: number;
            items: components["schemas"]["ChangeCounts"];
            /** To Revision */
            to_revision: number;
        };
        /**
         * RotatedBox
         * @description A box turned about its centre by ``angle`` degrees, clockwise as seen on screen, in [-180, 180).
         *
         *     At angle 0 the width runs along x. The centre lies in the image; corners may stick out.
         */
        RotatedBox: {
            /**
             * Angle
             * @default 0
             */
            angle: number;
            /** Cx */
            cx: number;
            /** Cy */
            cy: number;
            /** Height */
            height: number;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "rotated_box";
            /** Width */
            width: number;
        };
        /**
         * RuleKind
         * @description Why an answer is flagged.
         * @enum {string}
         */
        RuleKind: "confidence" | "margin" | "disagreement" | "novelty" | "metric" | "report" | "random";
        /**
         * Run
         * @description One token's journey.
         */
        Run: {
            /** Cause */
            cause: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Finished At */
            finished_at?: string | null;
            /**
             * Human Seconds
             * @description What its steps took of people so far.
             * @default 0
             */
            human_seconds: number;
            /** Id */
            id: string;
            /**
             * Machine Seconds
             * @description What its steps took of machines so far.
             * @default 0
             */
            machine_seconds: number;
            /** Pipeline Id */
            pipeline_id: string;
            /** Ref */
            ref: string;
            /** Start Node */
            start_node: string;
            /** State */
            state: string;
            /** Version */
            version: number;
        };
        /**
         * RunRequest
         * @description Runs to be started by hand. With neither refs nor query: one signal, or every item of the node's dataset.
         */
        RunRequest: {
            /**
             * Dataset Id
             * @description Where to look when the node names no dataset.
             */
            dataset_id?: string | null;
            /**
             * Node
             * @description node or node.port; the source when left out.
             */
            node?: string | null;
            /**
             * Query
             * @description In text form: items of the node's dataset.
             */
            query?: string | null;
            /**
             * Refs
             * @description Ids of items or models.
             */
            refs?: string[];
        };
        /**
         * RunRerun
         * @description From where a run goes again.
         */
        RunRerun: {
            /**
             * Node
             * @description For `node`: where to begin again.
             */
            node?: string | null;
            /**
             * Start
             * @description start: from where it began. node: from `node` on. failed: only its tokens that failed.
             * @default start
             * @enum {string}
             */
            start: "start" | "node" | "failed";
        };
        /**
         * RunsStarted
         * @description What a manual start began.
         */
        RunsStarted: {
            /** Cause */
            cause: string;
            /**
             * Runs
             * @description The newest, at most a hundred.
             */
            runs: components["schemas"]["Run"][];
            /** Started */
            started: number;
            /**
             * Target
             * @description node.port
             */
            target: string;
        };
        /**
         * RunStep
         * @description One node passed on a journey.
         */
        RunStep: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /**
             * Epoch
             * @description Grows with each deliberate re-run.
             * @default 0
             */
            epoch: number;
            /**
             * Human Seconds
             * @default 0
             */
            human_seconds: number;
            /** Machine Seconds */
            machine_seconds: number;
            /** Node */
            node: string;
            /** Output */
            output: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Port */
            port: string;
            /** Ref */
            ref: string;
        };
        /**
         * SavedView
         * @description A query and how to look at its answer, under a name.
         */
        SavedView: {
            /** Author Id */
            author_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string | null;
            /** Id */
            id: string;
            /** Lens */
            lens: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Name */
            name: string;
            /** Project Id */
            project_id: string;
            /** Query Text */
            query_text: string;
        };
        /**
         * SavedViewDraft
         * @description A view to be kept.
         */
        SavedViewDraft: {
            /**
             * Dataset Id
             * @description Null for a view that fits any dataset of the project.
             */
            dataset_id?: string | null;
            /** Lens */
            lens?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Name */
            name: string;
            /**
             * Query Text
             * @default
             */
            query_text: string;
        };
        /**
         * SavedViewPatch
         * @description What to change of a view; what is left out stays.
         */
        SavedViewPatch: {
            /** Lens */
            lens?: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** Name */
            name?: string | null;
            /** Query Text */
            query_text?: string | null;
        };
        /**
         * SegmentAnswer
         * @description A shape, or why there is none.
         */
        SegmentAnswer: {
            /** Geometry */
            geometry: (components["schemas"]["ClassTag"] | components["schemas"]["Box"] | components["schemas"]["RotatedBox"] | components["schemas"]["Polygon"] | components["schemas"]["Polyline"] | components["schemas"]["Points"] | components["schemas"]["Mask"] | components["schemas"]["Track"]) | null;
            /** Milliseconds */
            milliseconds: number;
            /** Problem */
            problem?: string | null;
            /** Score */
            score: number | null;
            /** Segmenter */
            segmenter: string;
        };
        /**
         * SegmenterInfo
         * @description One way to find a shape.
         */
        SegmenterInfo: {
            /** Decoder Bytes */
            decoder_bytes?: number | null;
            /**
             * Decoder Url
             * @description The decoder for browsers that run it themselves.
             */
            decoder_url?: string | null;
            /** Is Ready */
            is_ready: boolean;
            /**
             * Kind
             * @enum {string}
             */
            kind: "sam" | "grabcut";
            /**
             * Name
             * @description Such as grabcut or sam2-tiny.
             */
            name: string;
            /**
             * Problem
             * @description Why it is not ready, and what to do.
             */
            problem?: string | null;
            /** Takes Points */
            takes_points: boolean;
        };
        /**
         * SegmentRequest
         * @description Prompts for one object: points, a box, or its four outermost points.
         */
        SegmentRequest: {
            box?: components["schemas"]["Box"] | null;
            /**
             * Engine
             * @default auto
             * @enum {string}
             */
            engine: "auto" | "sam" | "grabcut";
            /** Exclude */
            exclude?: [
                number,
                number
            ][];
            /**
             * Extremes
             * @description Its leftmost, topmost, … points.
             */
            extremes?: [
                number,
                number
            ][];
            /**
             * Frame
             * @description Of a video.
             */
            frame?: number | null;
            /** Include */
            include?: [
                number,
                number
            ][];
            /**
             * Result
             * @default polygon
             * @enum {string}
             */
            result: "polygon" | "mask";
            /**
             * Tolerance Px
             * @description Of the outline's simplification.
             * @default 1
             */
            tolerance_px: number;
        };
        /**
         * Selection
         * @description A choice that was made; it never changes.
         */
        Selection: {
            /** Author Id */
            author_id: string;
            budget: components["schemas"]["SelectionBudget"];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string;
            /** Id */
            id: string;
            /** Model Id */
            model_id: string | null;
            /** N Items */
            n_items: number;
            /**
             * N Labelled
             * @description Of its items, how many have ground truth by now.
             * @default 0
             */
            n_labelled: number;
            /** N Pool */
            n_pool: number;
            /** N Random */
            n_random: number;
            /** Name */
            name: string;
            /** Params */
            params: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Project Id */
            project_id: string;
            /** Query */
            query: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Quotas */
            quotas: components["schemas"]["SelectionQuota"][];
            /** Random Share */
            random_share: number;
            /** Revision */
            revision: number;
            /** Run Id */
            run_id: string | null;
            /** Seed */
            seed: number;
            /** Space Id */
            space_id: string | null;
            /** Strategy */
            strategy: string;
            /**
             * Summary
             * @description why (sentences on the choice as a whole), bytes, seconds, coverage before and after, by source, left_out (counts by cause), took_seconds.
             */
            summary: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        };
        /**
         * SelectionBudget
         * @description How much may be chosen; the first limit that is reached ends the choice.
         */
        SelectionBudget: {
            /** Bytes */
            bytes?: number | null;
            /** Count */
            count?: number | null;
            /**
             * Seconds
             * @description Of people's labelling time.
             */
            seconds?: number | null;
            /**
             * Seconds Per Item
             * @description Labelling time of one item; what this project's tasks took when left out.
             */
            seconds_per_item?: number | null;
        };
        /**
         * SelectionDraft
         * @description What to choose, from where, and how.
         */
        SelectionDraft: {
            budget: components["schemas"]["SelectionBudget"];
            /**
             * Examples
             * @description Items to look alike, for similarity.
             */
            examples?: string[] | null;
            /**
             * Filter
             * @description Query, as text or DQL: where to choose from.
             */
            filter?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Labelled
             * @description Query, as text or DQL: what counts as labelled; items with ground truth when left out.
             */
            labelled?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Labelled Dataset Id
             * @description Where the labelled lie, when not here.
             */
            labelled_dataset_id?: string | null;
            /**
             * Model
             * @description Id of the model whose doubts guide the choice.
             */
            model?: string | null;
            /** Name */
            name?: string | null;
            /**
             * Params
             * @description Of the strategy.
             */
            params?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Pool
             * @description unlabelled leaves out what has ground truth, is in test, was discarded or lies in an open task; any takes all that the filter finds.
             * @default unlabelled
             * @enum {string}
             */
            pool: "unlabelled" | "any";
            /** Quotas */
            quotas?: components["schemas"]["SelectionQuota"][];
            /**
             * Random Share
             * @description Drawn uniformly, and marked.
             * @default 0.1
             */
            random_share: number;
            /**
             * Seed
             * @default 0
             */
            seed: number;
            /**
             * Space
             * @description Id or name of an embedding space.
             */
            space?: string | null;
            /**
             * Strategy
             * @description auto looks at what is known and says its choice.
             * @default auto
             */
            strategy: string;
            /**
             * Target
             * @description Wished share of each class, for class balance.
             */
            target?: {
                [key: string]: number;
            } | null;
            /**
             * Without Bad
             * @description Leave out blurred, dark, bright and odd images.
             * @default false
             */
            without_bad: boolean;
            /**
             * Without Duplicates
             * @description At most one of each group of near duplicates.
             * @default true
             */
            without_duplicates: boolean;
        };
        /**
         * SelectionItem
         * @description One item chosen, and why.
         */
        SelectionItem: {
            /**
             * Details
             * @description What the reason rests on: uncertainty, gain, nearest_labelled (item id), distance, cluster, …
             */
            details: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Height */
            height: number;
            /** Is Labelled */
            is_labelled: boolean;
            /** Is Random */
            is_random: boolean;
            /** Item Id */
            item_id: string;
            /** Name */
            name: string;
            /**
             * Rank
             * @description 1 is the best.
             */
            rank: number;
            /** Reason */
            reason: string;
            /** Score */
            score: number;
            /** Width */
            width: number;
        };
        /**
         * SelectionPlan
         * @description What a draft would do, without doing it.
         */
        SelectionPlan: {
            /**
             * Budget
             * @description Items that would be chosen at most.
             */
            budget: number;
            /**
             * Left Out
             * @description Items that are not in the pool, by cause.
             */
            left_out?: {
                [key: string]: number;
            };
            /**
             * Machine Seconds
             * @description Roughly how long choosing takes.
             */
            machine_seconds?: number | null;
            /**
             * Model Id
             * @description Whose doubts guide the choice.
             */
            model_id?: string | null;
            /** N Labelled */
            n_labelled: number;
            /**
             * N Missing Vectors
             * @description Images that would be embedded first.
             */
            n_missing_vectors: number;
            /** N Pool */
            n_pool: number;
            /** Params */
            params: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Seconds Per Item
             * @description Labelling time that budgets are told in.
             */
            seconds_per_item?: number | null;
            /**
             * Space
             * @description Name of the embedding space.
             */
            space?: string | null;
            /**
             * Strategy
             * @description The one that would run; what auto stands for.
             */
            strategy: string;
            /** Warnings */
            warnings?: string[];
            /**
             * Why
             * @description Why this strategy, in sentences.
             */
            why: string[];
        };
        /**
         * SelectionProof
         * @description What a selection, or a line of them, saved against chance, measured on its own random slice.
         */
        SelectionProof: {
            /**
             * Advice
             * @default
             */
            advice: string;
            /**
             * Chosen
             * @description Labels and metric of the choice.
             */
            chosen?: [
                number,
                number
            ][];
            /** High */
            high?: number | null;
            /**
             * Is Pending
             * @description It is being measured; ask again in some seconds.
             * @default false
             */
            is_pending: boolean;
            /** Low */
            low?: number | null;
            /**
             * Message
             * @description What the figure rests on, or what it waits for.
             */
            message: string;
            /** Metric Name */
            metric_name?: string | null;
            /**
             * N Chosen
             * @default 0
             */
            n_chosen: number;
            /**
             * N Random
             * @default 0
             */
            n_random: number;
            /**
             * N Test
             * @default 0
             */
            n_test: number;
            /**
             * Next Hundred
             * @description Gain of the metric that 100 more labels promise.
             */
            next_hundred?: number | null;
            /**
             * Random
             * @description Of as many drawn at random.
             */
            random?: [
                number,
                number
            ][];
            /** Saving */
            saving?: number | null;
            /**
             * Status
             * @enum {string}
             */
            status: "ready" | "waiting" | "impossible";
        };
        /**
         * SelectionQuota
         * @description At most so much of each source, place or day.
         */
        SelectionQuota: {
            /**
             * Field
             * @description group, day, folder, or a metadata field such as metadata.camera.
             */
            field: string;
            /**
             * Most
             * @description Items of each value.
             */
            most?: number | null;
            /**
             * Share
             * @description Share of the selection of each value.
             */
            share?: number | null;
        };
        /**
         * ServeRequest
         * @description Which model is to take which role; null takes the role away.
         */
        ServeRequest: {
            /** Model Id */
            model_id: string | null;
            /** @default champion */
            role: components["schemas"]["ServingRole"];
            /**
             * Share
             * @description Of the requests, for a canary.
             * @default 0.1
             */
            share: number;
        };
        /**
         * ServiceTokenCreate
         * @description A service token to be made: it acts as a role in one project.
         */
        ServiceTokenCreate: {
            /** Expires In Days */
            expires_in_days?: number | null;
            /** Name */
            name: string;
            /**
             * Role
             * @enum {string}
             */
            role: "owner" | "manager" | "reviewer" | "annotator" | "viewer";
        };
        /**
         * ServingRole
         * @description What a model does at an endpoint.
         * @enum {string}
         */
        ServingRole: "champion" | "canary" | "shadow";
        /**
         * Session
         * @description A session was opened; the browser holds its cookie.
         */
        Session: {
            /**
             * Csrf Token
             * @description Send as `X-CSRF-Token` with every write that uses the cookie.
             */
            csrf_token: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
        };
        /**
         * SimilarItem
         * @description One item found.
         */
        SimilarItem: {
            /**
             * Annotation Id
             * @description In a space of crops: of which box or mask.
             */
            annotation_id?: string | null;
            /**
             * Bounds
             * @description Of that crop: x0 y0 x1 y1 in pixels.
             */
            bounds?: number[] | null;
            /** Item Id */
            item_id: string;
            /** Name */
            name: string;
            /**
             * Similarity
             * @description Cosine, -1 to 1.
             */
            similarity: number;
        };
        /**
         * SimilarItems
         * @description The items found, most similar first.
         */
        SimilarItems: {
            /** Items */
            items: components["schemas"]["SimilarItem"][];
            /** Milliseconds */
            milliseconds: number;
            /** N Searched */
            n_searched: number;
            /**
             * N Without
             * @description Items that were asked about and have no vector yet.
             */
            n_without: number;
            /** Space Id */
            space_id: string;
        };
        /**
         * SimilarRequest
         * @description What to look for: exactly one of item, annotation, region, upload, text or examples.
         */
        SimilarRequest: {
            /** Annotation Id */
            annotation_id?: string | null;
            /**
             * Examples
             * @description Items that are wanted.
             */
            examples?: string[] | null;
            /**
             * Filter
             * @description Query: look among these items only.
             */
            filter?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /** Item Id */
            item_id?: string | null;
            /**
             * Limit
             * @default 100
             */
            limit: number;
            /**
             * Region
             * @description x0 y0 x1 y1 in pixels of the upright image of item_id.
             */
            region?: number[] | null;
            /**
             * Space
             * @description Id or name; the project's first when left out.
             */
            space?: string | null;
            /**
             * Text
             * @description Words, for a space that reads text.
             */
            text?: string | null;
            /**
             * Unlike
             * @description Items that are not wanted.
             */
            unlike?: string[] | null;
        };
        /**
         * SimulatedCurve
         * @description One strategy's learning curve, over all resampled pools.
         */
        SimulatedCurve: {
            /** High */
            high: number[];
            /** Labels */
            labels: number[];
            /**
             * Low
             * @description Lower end of the mean's 95 % interval; empty with one pool.
             */
            low: number[];
            /** Mean */
            mean: number[];
            /**
             * Runs
             * @description The metric by pool and budget.
             */
            runs: number[][];
            /** Strategy */
            strategy: string;
        };
        /**
         * SimulatedSaving
         * @description Labels saved against random, at a share of the metric that all labels give.
         */
        SimulatedSaving: {
            /** At Share */
            at_share: number;
            /** High */
            high: number | null;
            /** Low */
            low: number | null;
            /** Metric */
            metric: number;
            /** N Random */
            n_random: number | null;
            /** N Strategy */
            n_strategy: number | null;
            /** Saving */
            saving: number | null;
            /** Strategy */
            strategy: string;
        };
        /**
         * Simulation
         * @description A replay that was run.
         */
        Simulation: {
            /** Author Id */
            author_id: string;
            /**
             * Below Random
             * @description By strategy, the label counts at which it is significantly below random.
             */
            below_random?: {
                [key: string]: number[];
            };
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Curves */
            curves: components["schemas"]["SimulatedCurve"][];
            /** Forecasts */
            forecasts: components["schemas"]["CostForecast"][];
            /**
             * Full Metric
             * @description Of the model that learned from the whole pool; the mean over pools.
             */
            full_metric: number;
            /** Id */
            id: string;
            /**
             * Marginal
             * @description Worth of the next labels, by strategy.
             */
            marginal?: components["schemas"]["MarginalLabels"][];
            /** Metric Name */
            metric_name: string;
            /** N Pool */
            n_pool: number;
            /**
             * N Pools
             * @description Pools that all strategies finished.
             * @default 0
             */
            n_pools: number;
            /** N Test */
            n_test: number;
            /** Name */
            name: string;
            /**
             * Never Below Random
             * @description No budget at which it is significantly below random; empty with one pool.
             */
            never_below_random: {
                [key: string]: boolean;
            };
            /**
             * Notes
             * @description What the figures rest on.
             */
            notes?: string[];
            /** Project Id */
            project_id: string;
            /** Recommendation */
            recommendation: string;
            /** Savings */
            savings: components["schemas"]["SimulatedSaving"][];
            /** Seconds */
            seconds: number;
            /** Spec */
            spec: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /** Task */
            task: string;
        };
        /**
         * SimulationDraft
         * @description Replay a labelled dataset as if nothing were labelled.
         */
        SimulationDraft: {
            /**
             * Budgets
             * @description Labels after each round.
             */
            budgets?: number[] | null;
            /** Dataset Id */
            dataset_id: string;
            /** Filter */
            filter?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Model
             * @description builtin:linear or builtin:tinydet; by the task when left out.
             */
            model?: string | null;
            /** Name */
            name?: string | null;
            /**
             * Rounds
             * @default 8
             */
            rounds: number;
            /** Seconds Per Label */
            seconds_per_label?: number | null;
            /**
             * Seeds
             * @description Resampled pools per strategy.
             * @default 5
             */
            seeds: number;
            /** Strategies */
            strategies?: string[];
            /**
             * Target
             * @description Metric whose cost is forecast.
             */
            target?: number | null;
            /**
             * Test Share
             * @default 0.3
             */
            test_share: number;
        };
        /**
         * SizeRow
         * @description True objects of about one size; areas are px² of the original image, of the mask where there is one.
         */
        SizeRow: {
            /**
             * Ap
             * @description Mean over labels and IoU 0.5 to 0.95.
             */
            ap: number | null;
            /**
             * Max Area Px
             * @description Null for no bound.
             */
            max_area_px: number | null;
            /** Min Area Px */
            min_area_px: number;
            /** N Truth */
            n_truth: number;
            /**
             * Name
             * @description small, medium or large, with COCO's bounds.
             */
            name: string;
            /**
             * Recall
             * @description Mean over labels and IoU 0.5 to 0.95, at most 100 objects an image.
             */
            recall: number | null;
        };
        /**
         * SliceRow
         * @description Some of the test items against the rest of them.
         */
        SliceRow: {
            /**
             * Delta
             * @description The slice's metric minus that of the rest.
             */
            delta: number | null;
            delta_interval?: components["schemas"]["Range"] | null;
            /**
             * Field
             * @description The field whose value makes the slice, as `metadata.camera`.
             */
            field?: string | null;
            interval?: components["schemas"]["Range"] | null;
            /**
             * Is Small
             * @description Fewer than 20 items: mostly luck.
             */
            is_small: boolean;
            /** Metric */
            metric: number | null;
            /** N Groups */
            n_groups: number;
            /** N Items */
            n_items: number;
            /** Name */
            name: string;
            /**
             * Query
             * @description The slice's items as a query.
             */
            query?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Rest
             * @description The metric on all other test items.
             */
            rest: number | null;
            /**
             * Value
             * @description Null: the items without one.
             */
            value?: string | number | boolean | null;
        };
        /**
         * Snapshot
         * @description A name for a dataset at a revision.
         */
        Snapshot: {
            /** Author Id */
            author_id: string;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string;
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Revision */
            revision: number;
        };
        /**
         * SnapshotCreate
         * @description A name for a revision; the newest when left out.
         */
        SnapshotCreate: {
            /** Name */
            name: string;
            /** Revision */
            revision?: number | null;
        };
        /**
         * SpaceCoverage
         * @description How much of a dataset a space holds.
         */
        SpaceCoverage: {
            /** Dataset Id */
            dataset_id: string;
            /** N Embedded */
            n_embedded: number;
            /**
             * N Items
             * @description Images, or boxes and masks for a space of crops.
             */
            n_items: number;
            /** Space Id */
            space_id: string;
        };
        /**
         * SpaceDraft
         * @description A space to be made: what computes its vectors, and of what.
         */
        SpaceDraft: {
            /**
             * Is Kept
             * @description Embed what arrives by itself.
             * @default true
             */
            is_kept: boolean;
            /**
             * Kind
             * @description A vector per image, or one per box or mask.
             * @default image
             * @enum {string}
             */
            kind: "image" | "crop";
            /**
             * Name
             * @description Unique in the project; made up when left out.
             */
            name?: string | null;
            /**
             * Source
             * @description hog, lite0, the id or name of a registered model, or an adapter such as my_pkg.mod:MyModel; the best that this server has when left out.
             */
            source?: string | null;
        };
        /**
         * SplitReport
         * @description How many items each subset holds after a split, and how many were newly assigned.
         */
        SplitReport: {
            /** Assigned */
            assigned: number;
            /** Revision */
            revision: number;
            /** Test */
            test: number;
            /** Train */
            train: number;
            /** Validation */
            validation: number;
        };
        /**
         * SplitRequest
         * @description Give the items that are in no subset theirs. The shares add up to one.
         */
        SplitRequest: {
            /** Quotas */
            quotas?: {
                [key: string]: number;
            };
            /**
             * Refresh Test
             * @description Let new items into a frozen test subset, once; what is in it stays.
             * @default false
             */
            refresh_test: boolean;
            /**
             * Seed
             * @default 0
             */
            seed: number;
        };
        /**
         * Stage
         * @description How much is at one stage of the loop.
         */
        Stage: {
            /** Count */
            count: number;
            /**
             * Done
             * @description Of the same kind of work, how much is finished.
             */
            done?: number | null;
            /**
             * Key
             * @enum {string}
             */
            key: "items" | "labelling" | "review" | "labelled" | "models" | "champion";
            /** Title */
            title: string;
            /**
             * To
             * @description The page that shows them, below the project's: explorer, tasks or models.
             */
            to: string;
            /**
             * Unit
             * @description What is counted, such as items.
             */
            unit: string;
        };
        /**
         * Submit
         * @description Finish an item. Without annotations the draft is taken.
         */
        Submit: {
            /**
             * Active Seconds
             * @description Seconds of work since the last call that said so, idle time left out; capped by the server's clock.
             * @default 0
             */
            active_seconds: number;
            /**
             * Annotations
             * @description New and changed ones; others stay.
             */
            annotations?: components["schemas"]["AnnotationDraft"][] | null;
            /** @description For validate: yes or no. */
            answer?: components["schemas"]["JsonValue"];
            /**
             * Base Revision
             * @description Needed with annotations.
             */
            base_revision?: number | null;
            /**
             * Draft Version
             * @description Version of the draft this replaces, 0 for none; not checked when left out.
             */
            draft_version?: number | null;
            /** Lease Token */
            lease_token: string;
            /**
             * Rejected Ids
             * @description Predictions that were looked at and refused.
             */
            rejected_ids?: string[];
            /** Removed Ids */
            removed_ids?: string[];
        };
        /**
         * Subset
         * @description Which part of a dataset an item belongs to.
         * @enum {string}
         */
        Subset: "train" | "validation" | "test";
        /**
         * SubsetCheck
         * @description What a training would find in one subset.
         */
        SubsetCheck: {
            /**
             * Labels
             * @description Items, or objects, of each label; 0 for one without an example.
             */
            labels: {
                [key: string]: number;
            };
            /**
             * Missing
             * @description Labels without an example.
             */
            missing: string[];
            /** N Items */
            n_items: number;
            /**
             * N Labelled
             * @description Items that can be learned from.
             */
            n_labelled: number;
            /** Subset */
            subset: string;
        };
        /**
         * SubsetQueries
         * @description Narrows each subset by itself, on top of the model's query.
         */
        SubsetQueries: {
            /**
             * Train
             * @description As text or DQL; every train item when null.
             */
            train?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
            /**
             * Validation
             * @description As text or DQL; every validation item when null.
             */
            validation?: string | {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
        };
        /**
         * Task
         * @description Human work of one kind on a set of items.
         */
        Task: {
            /**
             * Assignee Ids
             * @description Only these people may lease; null: everyone.
             */
            assignee_ids?: string[] | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "label" | "review" | "validate" | "classify";
            /** Lease Seconds */
            lease_seconds: number;
            /** Name */
            name: string;
            /** Project Id */
            project_id: string;
            /** Recipe Id */
            recipe_id: string | null;
            /**
             * Reviews Task Id
             * @description The labelling task whose work this one reviews.
             */
            reviews_task_id: string | null;
            /** Settings */
            settings: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Status
             * @enum {string}
             */
            status: "active" | "paused" | "done";
        };
        /**
         * TaskAnswer
         * @description What one person of several said about an item.
         */
        TaskAnswer: {
            /**
             * Annotations
             * @description All that the person says is on the item.
             */
            annotations: components["schemas"]["AnnotationDraft"][];
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Human Seconds */
            human_seconds: number;
            /** Name */
            name: string;
            /**
             * Outcome
             * @enum {string}
             */
            outcome: "submitted" | "discarded";
            /** Person Id */
            person_id: string;
            /**
             * Reason
             * @description Why it was discarded.
             */
            reason: string | null;
        };
        /**
         * TaskCounts
         * @description How many items of a task stand where.
         */
        TaskCounts: {
            /**
             * Approved
             * @default 0
             */
            approved: number;
            /**
             * Discarded
             * @default 0
             */
            discarded: number;
            /**
             * Leased
             * @default 0
             */
            leased: number;
            /**
             * Queued
             * @default 0
             */
            queued: number;
            /**
             * Rework
             * @default 0
             */
            rework: number;
            /**
             * Submitted
             * @default 0
             */
            submitted: number;
            /**
             * Waiting
             * @default 0
             */
            waiting: number;
        };
        /**
         * TaskCreate
         * @description A task to be made.
         */
        TaskCreate: {
            /** Dataset Id */
            dataset_id: string;
            /**
             * Kind
             * @default label
             * @enum {string}
             */
            kind: "label" | "review" | "validate" | "classify";
            /**
             * Lease Seconds
             * @default 600
             */
            lease_seconds: number;
            /** Name */
            name: string;
            /** Recipe Id */
            recipe_id?: string | null;
            /**
             * Reviews Task Id
             * @description For a review: the labelling task it looks after.
             */
            reviews_task_id?: string | null;
            /** Settings */
            settings?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Takes Submitted
             * @description For a review: take in each item submitted there.
             * @default false
             */
            takes_submitted: boolean;
            /** @description What is asked; left out: everything. */
            work?: components["schemas"]["TaskWork"] | null;
        };
        /**
         * TaskItem
         * @description Where one item stands in a task.
         */
        TaskItem: {
            /**
             * Answer
             * @description Of a yes/no task: yes or no. Where several people answer: agreed or disputed.
             */
            answer?: ("yes" | "no" | "agreed" | "disputed") | null;
            /** Assignee Id */
            assignee_id: string | null;
            /** Human Seconds */
            human_seconds: number;
            /** Item Id */
            item_id: string;
            /** Reviewed By */
            reviewed_by: string | null;
            /**
             * Status
             * @enum {string}
             */
            status: "queued" | "leased" | "submitted" | "approved" | "rework" | "waiting" | "discarded";
            /** Submitted By */
            submitted_by: string | null;
            /** Task Id */
            task_id: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * TaskItemsAdd
         * @description Items to be worked on, by id or by query; those already there are left alone.
         */
        TaskItemsAdd: {
            /** Item Ids */
            item_ids?: string[];
            /**
             * Query
             * @description DQL; every item that matches now.
             */
            query?: {
                [key: string]: components["schemas"]["JsonValue"];
            } | null;
        };
        /**
         * TaskItemsAdded
         * @description How many items were new to the task.
         */
        TaskItemsAdded: {
            /** Added */
            added: number;
        };
        /**
         * TaskPerson
         * @description What one person did in a task. Work handed in again counts again.
         */
        TaskPerson: {
            /**
             * Approved
             * @description Of this person's work, or in a review: by this person.
             */
            approved: number;
            /**
             * Approved Untouched Share
             * @description Share of the approved work that its reviewer did not change; null before any.
             */
            approved_untouched_share: number | null;
            /** Human Seconds */
            human_seconds: number;
            /**
             * Items Per Hour
             * @description Items finished per hour of human seconds; null before any.
             */
            items_per_hour: number | null;
            /** Last Active At */
            last_active_at: string | null;
            /**
             * Leased
             * @description Items in hand now.
             */
            leased: number;
            /** Name */
            name: string;
            /** Person Id */
            person_id: string;
            /**
             * Sent Back
             * @description Of this person's work, or in a review: by this person.
             */
            sent_back: number;
            /** Submitted */
            submitted: number;
        };
        /**
         * TaskSummary
         * @description A task with its counts.
         */
        TaskSummary: {
            /**
             * Answers
             * @description How many people answer each item.
             * @default 1
             */
            answers: number;
            /**
             * Assignee Ids
             * @description Only these people may lease; null: everyone.
             */
            assignee_ids?: string[] | null;
            counts: components["schemas"]["TaskCounts"];
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Dataset Id */
            dataset_id: string;
            /** Human Seconds */
            human_seconds: number;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "label" | "review" | "validate" | "classify";
            /** Lease Seconds */
            lease_seconds: number;
            /**
             * May Take
             * @description Whether the task gives items to who asks: by name and skills.
             * @default true
             */
            may_take: boolean;
            /**
             * Missing Skills
             * @description Of `work.skills`, those that who asks lacks.
             */
            missing_skills?: string[];
            /** Name */
            name: string;
            /** Open Issues */
            open_issues: number;
            /**
             * People
             * @description Where several people answer: how many there are who may; fewer never finish.
             */
            people?: number | null;
            /** Project Id */
            project_id: string;
            /** Recipe Id */
            recipe_id: string | null;
            /**
             * Reviews Task Id
             * @description The labelling task whose work this one reviews.
             */
            reviews_task_id: string | null;
            /** Settings */
            settings: {
                [key: string]: components["schemas"]["JsonValue"];
            };
            /**
             * Status
             * @enum {string}
             */
            status: "active" | "paused" | "done";
            work?: components["schemas"]["TaskWork"];
        };
        /**
         * TaskUpdate
         * @description What to change of a task; what is left out stays.
         */
        TaskUpdate: {
            /**
             * Answers
             * @description How many people answer each item; fewer than before fuses what is there.
             */
            answers?: number | null;
            /**
             * Assignee Ids
             * @description Only these people may lease; null, when given: everyone.
             */
            assignee_ids?: string[] | null;
            /** Name */
            name?: string | null;
            /** Status */
            status?: ("active" | "paused" | "done") | null;
            /** @description What is asked, in place of all that was asked before. */
            work?: components["schemas"]["TaskWork"] | null;
        };
        /**
         * TaskWork
         * @description What people are asked in a task: all of it, or one narrow thing.
         */
        TaskWork: {
            /**
             * Labels
             * @description The only labels; empty: all.
             */
            labels?: string[];
            /**
             * Min Confidence
             * @description Predictions below it are not shown.
             * @default 0
             */
            min_confidence: number;
            /**
             * Mode
             * @description find_missed: what models found stands still, only what they missed is added, and it is marked so. fix_geometry: shapes are moved and reshaped; nothing is added, removed or renamed.
             * @default full
             * @enum {string}
             */
            mode: "full" | "find_missed" | "fix_geometry";
            /**
             * Model Id
             * @description Whose predictions are shown; null: every model's.
             */
            model_id?: string | null;
            /**
             * Skills
             * @description Who takes this work must have all of these.
             */
            skills?: string[];
        };
        /**
         * TemplateInfo
         * @description A pipeline that ships with Whorl.
         */
        TemplateInfo: {
            /**
             * Description
             * @description How it works, in a few sentences.
             */
            description: string;
            /**
             * Is Complete
             * @description Every node of it can run in this version.
             */
            is_complete: boolean;
            /**
             * Missing
             * @description What it waits for when it is not complete.
             */
            missing: string[];
            /** Name */
            name: string;
            /**
             * Needs
             * @description What must be there before it can be applied.
             */
            needs: string[];
            /**
             * Node Types
             * @description The kinds of its nodes, in the order of the flow.
             */
            node_types: string[];
            /**
             * Summary
             * @description What it brings, in one sentence.
             */
            summary: string;
            /**
             * Title
             * @description Its name for people, such as Active learning.
             */
            title: string;
            /** Variables */
            variables: components["schemas"]["VariableSpec"][];
        };
        /**
         * ThresholdPoint
         * @description What labelling the rest would give at one threshold.
         */
        ThresholdPoint: {
            /**
             * N Decided
             * @description How many that share is of.
             */
            n_decided: number;
            /**
             * N Items
             * @description Items that would get at least one proposal.
             */
            n_items: number;
            /** N Objects */
            n_objects: number;
            /**
             * Precision
             * @description Share of proposals as sure as this that people took or mended.
             */
            precision: number | null;
            /** Threshold */
            threshold: number;
        };
        /**
         * ThresholdReport
         * @description Costs by confidence threshold.
         */
        ThresholdReport: {
            cheapest: components["schemas"]["CheapestThreshold"];
            /** Evaluation Id */
            evaluation_id: string;
            /** Is Stale */
            is_stale: boolean;
            /**
             * Missed
             * @description Cost of a missed object or label; for classes of an item left unsure.
             */
            missed: number;
            /** N Items */
            n_items: number;
            /** N Truth */
            n_truth: number;
            /** Per Class */
            per_class: components["schemas"]["CheapestThreshold"][];
            /** Rows */
            rows: components["schemas"]["ThresholdRow"][];
            /**
             * Spurious
             * @description Cost of a spurious object or label; for classes of a wrong answer.
             */
            spurious: number;
        };
        /**
         * ThresholdRow
         * @description What follows from taking only answers with at least this confidence.
         *
         *     For one class per item, precision is the share correct of the items that are answered, recall the share of all
         *     items that are answered correctly, ``n_missed`` how many are left unsure, ``n_spurious`` how many are wrong.
         */
        ThresholdRow: {
            /** Cost */
            cost?: number | null;
            /** F1 */
            f1: number | null;
            /** N Correct */
            n_correct: number;
            /** N Missed */
            n_missed: number;
            /** N Spurious */
            n_spurious: number;
            /** Precision */
            precision: number | null;
            /** Recall */
            recall: number | null;
            /** Threshold */
            threshold: number;
        };
        /**
         * TileInfo
         * @description How an image is cut into tiles, as in Deep Zoom.
         */
        TileInfo: {
            /** Height */
            height: number;
            /**
             * Levels
             * @description Level `levels - 1` is the full size; each one below has half of it, rounded up.
             */
            levels: number;
            /**
             * Overlap
             * @description Pixels that a tile shares with each neighbour.
             */
            overlap: number;
            /** Tile Size */
            tile_size: number;
            /**
             * Width
             * @description Of the upright image, in pixels, as the height.
             */
            width: number;
        };
        /**
         * Tiling
         * @description Tiles for a model, and how their finds are put together.
         */
        Tiling: {
            /**
             * Iou
             * @description Overlap from which two finds are one object.
             * @default 0.5
             */
            iou: number;
            /**
             * Metric
             * @default iou
             * @enum {string}
             */
            metric: "iou" | "ios";
            /**
             * Object Px
             * @description Side of a typical object in pixels.
             */
            object_px?: number | null;
            /**
             * Overlap
             * @description Least share of a side that neighbours share; null: 0.25, or by object.
             */
            overlap?: number | null;
            /**
             * Size
             * @description Side of a tile in pixels; null chooses by model and object.
             */
            size?: number | null;
            /**
             * Skip Empty
             * @description Only tiles where the look at the whole image found something: faster, finds less.
             * @default false
             */
            skip_empty: boolean;
            /**
             * Way
             * @description edges joins only what a tile's border cuts; the others merge whatever overlaps.
             * @default edges
             * @enum {string}
             */
            way: "edges" | "nms" | "greedy_nmm" | "nmm";
            /**
             * Whole
             * @description Look at the whole image, too, for objects that no tile holds.
             * @default true
             */
            whole: boolean;
        };
        /**
         * Token
         * @description A token, without its secret.
         */
        Token: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Expires At */
            expires_at: string | null;
            /** Id */
            id: string;
            /**
             * Kind
             * @enum {string}
             */
            kind: "session" | "personal" | "service" | "launch" | "endpoint";
            /** Name */
            name: string;
            /** Project Id */
            project_id: string | null;
            /** Revoked At */
            revoked_at: string | null;
            /** Role */
            role: ("owner" | "manager" | "reviewer" | "annotator" | "viewer") | null;
        };
        /**
         * TokenCreate
         * @description A personal token to be made.
         */
        TokenCreate: {
            /** Expires In Days */
            expires_in_days?: number | null;
            /** Name */
            name: string;
        };
        /**
         * TokenCreated
         * @description A new token with its secret, which is shown this once.
         */
        TokenCreated: {
            /** Secret */
            secret: string;
            token: components["schemas"]["Token"];
        };
        /**
         * TokensRestarted
         * @description How many tokens are on their way again.
         */
        TokensRestarted: {
            /** Restarted */
            restarted: number;
        };
        /**
         * Tool
         * @description A drawing tool that a recipe allows: a kind of geometry.
         * @enum {string}
         */
        Tool: "class" | "box" | "rotated_box" | "polygon" | "polyline" | "points" | "mask";
        /**
         * Track
         * @description One object through the frames of a video.
         *
         *     Between two keyframes the shape moves in a straight line; after the last it stays as it is, until a keyframe says
         *     that it is outside. Before the first keyframe there is no object.
         */
        Track: {
            /** Keyframes */
            keyframes: components["schemas"]["Keyframe"][];
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "track";
        };
        /**
         * TrainingState
         * @description Where a model's training stands.
         */
        TrainingState: {
            /**
             * Can Resume
             * @description There is a checkpoint to go on from.
             */
            can_resume: boolean;
            /**
             * Job Id
             * @description Of its newest training job; null when a pipeline trains it, or none did.
             */
            job_id: string | null;
            /**
             * Message
             * @default
             */
            message: string;
            /** Model Id */
            model_id: string;
            /**
             * Progress
             * @description Share done, 0 to 1; null when nothing runs.
             */
            progress: number | null;
            /**
             * Seconds Left
             * @description Estimated from the share done; null when nothing runs.
             */
            seconds_left: number | null;
            /**
             * Status
             * @description Of the model: created, training, trained, failed or cancelled.
             */
            status: string;
        };
        /**
         * TrainRequest
         * @description How to start a training.
         */
        TrainRequest: {
            /**
             * Resume
             * @description Go on from the checkpoint of a cancelled, failed or killed training.
             * @default false
             */
            resume: boolean;
        };
        /**
         * TriggerEvent
         * @description A kind of event that triggers may wait for.
         */
        TriggerEvent: {
            /** Description */
            description: string;
            /**
             * Is Emitted
             * @description Whether this version of Whorl says it; others come with later features.
             */
            is_emitted: boolean;
            /** Kind */
            kind: string;
            /**
             * Subject
             * @description What the event is about; a run that it starts carries this id. Items can be filtered by a query.
             * @enum {string}
             */
            subject: "item" | "model" | "evaluation" | "comparison" | "run" | "project";
            /** Title */
            title: string;
        };
        /**
         * VariableSet
         * @description A variable's new value.
         */
        VariableSet: {
            value: components["schemas"]["JsonValue"];
        };
        /**
         * VariableSpec
         * @description A typed variable and its first value.
         */
        VariableSpec: {
            /**
             * Description
             * @description What it is for, shown beside its field.
             * @default
             */
            description: string;
            /** Name */
            name: string;
            type: components["schemas"]["VariableType"];
            value?: components["schemas"]["JsonValue"];
        };
        /**
         * VariableType
         * @description What a pipeline's variable holds.
         * @enum {string}
         */
        VariableType: "model" | "dataset" | "query" | "number" | "text" | "json";
        /**
         * VariantRequest
         * @description The same model in another precision, to be made and measured here.
         */
        VariantRequest: {
            /**
             * Kind
             * @description int8: whole numbers of eight bits; fp16: half precision.
             * @enum {string}
             */
            kind: "int8" | "fp16";
        };
        /**
         * Verdict
         * @description What somebody says of an answer.
         * @enum {string}
         */
        Verdict: "ok" | "wrong" | "correction";
        /**
         * VideoInfo
         * @description What is known of a video's frames.
         */
        VideoInfo: {
            /** Codec */
            codec: string;
            /** Duration S */
            duration_s: number;
            /** Height */
            height: number;
            /**
             * Is Variable
             * @description Frames are not evenly spaced; `times_s` is exact.
             */
            is_variable: boolean;
            /** Item Id */
            item_id: string;
            /** N Frames */
            n_frames: number;
            /**
             * Problem
             * @description What is wrong with it; the frames that decode can be worked on.
             */
            problem: string | null;
            /**
             * Rate
             * @description Frames a second on average.
             */
            rate: number;
            /**
             * Times S
             * @description Of frames from `times_start` on, when the rate is variable.
             */
            times_s?: number[] | null;
            /**
             * Times Start
             * @description The frame whose time comes first in `times_s`.
             * @default 0
             */
            times_start: number;
            /**
             * Width
             * @description Upright, in pixels, as the height.
             */
            width: number;
        };
        /**
         * Waiting
         * @description Something that waits for somebody.
         */
        Waiting: {
            /** Count */
            count: number;
            /** Task Id */
            task_id?: string | null;
            /** What */
            what: string;
            /** Who */
            who: string;
        };
        /**
         * WebhookSecret
         * @description What the calls of a pipeline's webhooks are signed with.
         */
        WebhookSecret: {
            /** Secret */
            secret: string;
        };
        /**
         * WebhookSecretRequest
         * @description Ask for the secret, or for a new one in its place.
         */
        WebhookSecretRequest: {
            /**
             * Renew
             * @description Make a new one; calls are signed with it from now on.
             * @default false
             */
            renew: boolean;
        };
        /**
         * WorstItem
         * @description A test item that the model got wrong; classes have truth and prediction, objects have counts.
         */
        WorstItem: {
            /** Confidence */
            confidence?: number | null;
            /**
             * Confused
             * @default 0
             */
            confused: number;
            /** Item Id */
            item_id: string;
            /**
             * Matched
             * @default 0
             */
            matched: number;
            /**
             * Missed
             * @default 0
             */
            missed: number;
            /** Predicted */
            predicted?: string | null;
            /**
             * Spurious
             * @default 0
             */
            spurious: number;
            /** Truth */
            truth?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AlikeAnswer = components['schemas']['AlikeAnswer'];
export type AlikeObject = components['schemas']['AlikeObject'];
export type AlikeRequest = components['schemas']['AlikeRequest'];
export type Annotation = components['schemas']['Annotation'];
export type AnnotationDraft = components['schemas']['AnnotationDraft'];
export type AnnotationsChange = components['schemas']['AnnotationsChange'];
export type AnnotationSource = components['schemas']['AnnotationSource'];
export type AnnotationsReplace = components['schemas']['AnnotationsReplace'];
export type AnnotationsWanted = components['schemas']['AnnotationsWanted'];
export type Approve = components['schemas']['Approve'];
export type Architecture = components['schemas']['Architecture'];
export type ArchitecturePreset = components['schemas']['ArchitecturePreset'];
export type Assistant = components['schemas']['Assistant'];
export type AssistantCreate = components['schemas']['AssistantCreate'];
export type AssistantRound = components['schemas']['AssistantRound'];
export type AssistantUpdate = components['schemas']['AssistantUpdate'];
export type Attribute = components['schemas']['Attribute'];
export type AttributeType = components['schemas']['AttributeType'];
export type AuditEntry = components['schemas']['AuditEntry'];
export type Augment = components['schemas']['Augment'];
export type AugmentationPreview = components['schemas']['AugmentationPreview'];
export type AugmentationPreviewRequest = components['schemas']['AugmentationPreviewRequest'];
export type AugmentedImage = components['schemas']['AugmentedImage'];
export type AuthorKind = components['schemas']['AuthorKind'];
export type BodyFindSimilarToUploadApiV1DatasetsDatasetIdSimilarUploadPost = components['schemas']['Body_find_similar_to_upload_api_v1_datasets__dataset_id__similar_upload_post'];
export type BodyImportModelApiV1ProjectsProjectIdModelsImportPost = components['schemas']['Body_import_model_api_v1_projects__project_id__models_import_post'];
export type BodyPredictImageApiV1ModelsModelIdPredictImagePost = components['schemas']['Body_predict_image_api_v1_models__model_id__predict_image_post'];
export type BodyUploadItemApiV1DatasetsDatasetIdItemsPost = components['schemas']['Body_upload_item_api_v1_datasets__dataset_id__items_post'];
export type Box = components['schemas']['Box'];
export type BulkItem = components['schemas']['BulkItem'];
export type BulkResult = components['schemas']['BulkResult'];
export type BulkSaved = components['schemas']['BulkSaved'];
export type BulkSubmit = components['schemas']['BulkSubmit'];
export type Calibration = components['schemas']['Calibration'];
export type Champion = components['schemas']['Champion'];
export type ChangeCounts = components['schemas']['ChangeCounts'];
export type ChangeKind = components['schemas']['ChangeKind'];
export type CheapestThreshold = components['schemas']['CheapestThreshold'];
export type CheckNotice = components['schemas']['CheckNotice'];
export type Classify = components['schemas']['Classify'];
export type ClassRow = components['schemas']['ClassRow'];
export type ClassTag = components['schemas']['ClassTag'];
export type Comment = components['schemas']['Comment'];
export type CommentCreate = components['schemas']['CommentCreate'];
export type CompareRequest = components['schemas']['CompareRequest'];
export type Comparison = components['schemas']['Comparison'];
export type ComparisonPromote = components['schemas']['ComparisonPromote'];
export type ConvertReport = components['schemas']['ConvertReport'];
export type ConvertRequest = components['schemas']['ConvertRequest'];
export type ConvertUndo = components['schemas']['ConvertUndo'];
export type CostForecast = components['schemas']['CostForecast'];
export type CountTrigger = components['schemas']['CountTrigger'];
export type CoverageExample = components['schemas']['CoverageExample'];
export type CoverageReport = components['schemas']['CoverageReport'];
export type CoverageRequest = components['schemas']['CoverageRequest'];
export type CronTrigger = components['schemas']['CronTrigger'];
export type Crop = components['schemas']['Crop'];
export type Crops = components['schemas']['Crops'];
export type CropsWanted = components['schemas']['CropsWanted'];
export type Curve = components['schemas']['Curve'];
export type Dataset = components['schemas']['Dataset'];
export type DatasetCounts = components['schemas']['DatasetCounts'];
export type DatasetCreate = components['schemas']['DatasetCreate'];
export type DeadLetter = components['schemas']['DeadLetter'];
export type DeadLettersRetried = components['schemas']['DeadLettersRetried'];
export type DeadLettersRetry = components['schemas']['DeadLettersRetry'];
export type Delivery = components['schemas']['Delivery'];
export type DeployRequest = components['schemas']['DeployRequest'];
export type Disagreement = components['schemas']['Disagreement'];
export type Disagreements = components['schemas']['Disagreements'];
export type DisagreementTask = components['schemas']['DisagreementTask'];
export type DisagreeRequest = components['schemas']['DisagreeRequest'];
export type Discard = components['schemas']['Discard'];
export type Draft = components['schemas']['Draft'];
export type DraftSave = components['schemas']['DraftSave'];
export type DryRun = components['schemas']['DryRun'];
export type DryRunNode = components['schemas']['DryRunNode'];
export type DryRunRequest = components['schemas']['DryRunRequest'];
export type DryRunStep = components['schemas']['DryRunStep'];
export type DuplicateAction = components['schemas']['DuplicateAction'];
export type DuplicateGroup = components['schemas']['DuplicateGroup'];
export type DuplicateMember = components['schemas']['DuplicateMember'];
export type DuplicateOutcome = components['schemas']['DuplicateOutcome'];
export type DuplicateScan = components['schemas']['DuplicateScan'];
export type DuplicateScanDraft = components['schemas']['DuplicateScanDraft'];
export type EdgeSpec = components['schemas']['EdgeSpec'];
export type EmbeddingMap = components['schemas']['EmbeddingMap'];
export type EmbeddingSpace = components['schemas']['EmbeddingSpace'];
export type EmbedRequest = components['schemas']['EmbedRequest'];
export type Endpoint = components['schemas']['Endpoint'];
export type EndpointAnswer = components['schemas']['EndpointAnswer'];
export type EndpointChange = components['schemas']['EndpointChange'];
export type EndpointCreate = components['schemas']['EndpointCreate'];
export type EndpointExamples = components['schemas']['EndpointExamples'];
export type EndpointMetrics = components['schemas']['EndpointMetrics'];
export type EndpointPoint = components['schemas']['EndpointPoint'];
export type EndpointSettings = components['schemas']['EndpointSettings'];
export type EndpointUpdate = components['schemas']['EndpointUpdate'];
export type EvaluateRequest = components['schemas']['EvaluateRequest'];
export type Evaluation = components['schemas']['Evaluation'];
export type EvaluationFacet = components['schemas']['EvaluationFacet'];
export type EvaluationReport = components['schemas']['EvaluationReport'];
export type Event = components['schemas']['Event'];
export type EventSource = components['schemas']['EventSource'];
export type EventTrigger = components['schemas']['EventTrigger'];
export type Examination = components['schemas']['Examination'];
export type ExportRequest = components['schemas']['ExportRequest'];
export type Facet = components['schemas']['Facet'];
export type FacetBucket = components['schemas']['FacetBucket'];
export type Facets = components['schemas']['Facets'];
export type FacetsWanted = components['schemas']['FacetsWanted'];
export type FeaturesState = components['schemas']['FeaturesState'];
export type Feedback = components['schemas']['Feedback'];
export type FeedbackCreate = components['schemas']['FeedbackCreate'];
export type FeedbackLink = components['schemas']['FeedbackLink'];
export type FeedbackLinkCreate = components['schemas']['FeedbackLinkCreate'];
export type Finding = components['schemas']['Finding'];
export type FindingsWanted = components['schemas']['FindingsWanted'];
export type Flag = components['schemas']['Flag'];
export type FlagCatalogue = components['schemas']['FlagCatalogue'];
export type FlagGroup = components['schemas']['FlagGroup'];
export type FlagRule = components['schemas']['FlagRule'];
export type FlagRuleUpdate = components['schemas']['FlagRuleUpdate'];
export type FlagRuleWrite = components['schemas']['FlagRuleWrite'];
export type FlagsTask = components['schemas']['FlagsTask'];
export type FreezeRequest = components['schemas']['FreezeRequest'];
export type FrozenTest = components['schemas']['FrozenTest'];
export type GraphProblem = components['schemas']['GraphProblem'];
export type GridAnnotation = components['schemas']['GridAnnotation'];
export type GridAnnotations = components['schemas']['GridAnnotations'];
export type Health = components['schemas']['Health'];
export type HealthIssue = components['schemas']['HealthIssue'];
export type HealthReport = components['schemas']['HealthReport'];
export type Heartbeat = components['schemas']['Heartbeat'];
export type ImportedPart = components['schemas']['ImportedPart'];
export type ImportRequest = components['schemas']['ImportRequest'];
export type Issue = components['schemas']['Issue'];
export type IssueCreate = components['schemas']['IssueCreate'];
export type Item = components['schemas']['Item'];
export type ItemAnnotations = components['schemas']['ItemAnnotations'];
export type ItemChange = components['schemas']['ItemChange'];
export type ItemCount = components['schemas']['ItemCount'];
export type ItemEvent = components['schemas']['ItemEvent'];
export type ItemFindings = components['schemas']['ItemFindings'];
export type ItemLineage = components['schemas']['ItemLineage'];
export type ItemPatch = components['schemas']['ItemPatch'];
export type ItemsDelete = components['schemas']['ItemsDelete'];
export type ItemsDeleted = components['schemas']['ItemsDeleted'];
export type ItemSearch = components['schemas']['ItemSearch'];
export type ItemsToCount = components['schemas']['ItemsToCount'];
export type ItemsUpdate = components['schemas']['ItemsUpdate'];
export type ItemsUpdated = components['schemas']['ItemsUpdated'];
export type ItemsWanted = components['schemas']['ItemsWanted'];
export type Job = components['schemas']['Job'];
export type JsonValue = components['schemas']['JsonValue'];
export type Keyframe = components['schemas']['Keyframe'];
export type Label = components['schemas']['Label'];
export type LabelChange = components['schemas']['LabelChange'];
export type LabelOutcomes = components['schemas']['LabelOutcomes'];
export type LabelRest = components['schemas']['LabelRest'];
export type Layer = components['schemas']['Layer'];
export type Lease = components['schemas']['Lease'];
export type LeaseNext = components['schemas']['LeaseNext'];
export type Ledger = components['schemas']['Ledger'];
export type LedgerGroup = components['schemas']['LedgerGroup'];
export type LedgerPerson = components['schemas']['LedgerPerson'];
export type LedgerRow = components['schemas']['LedgerRow'];
export type LineageCopy = components['schemas']['LineageCopy'];
export type LineageImport = components['schemas']['LineageImport'];
export type LineageModel = components['schemas']['LineageModel'];
export type LineagePredictions = components['schemas']['LineagePredictions'];
export type LineageSnapshot = components['schemas']['LineageSnapshot'];
export type LineageTask = components['schemas']['LineageTask'];
export type ListedIds = components['schemas']['ListedIds'];
export type Listing = components['schemas']['Listing'];
export type ListingPage = components['schemas']['ListingPage'];
export type Login = components['schemas']['Login'];
export type LogLine = components['schemas']['LogLine'];
export type MagicInfo = components['schemas']['MagicInfo'];
export type MapCategory = components['schemas']['MapCategory'];
export type MapChannel = components['schemas']['MapChannel'];
export type MapColours = components['schemas']['MapColours'];
export type MapRequest = components['schemas']['MapRequest'];
export type MarginalLabels = components['schemas']['MarginalLabels'];
export type Mask = components['schemas']['Mask'];
export type Me = components['schemas']['Me'];
export type Member = components['schemas']['Member'];
export type MemberSet = components['schemas']['MemberSet'];
export type Model = components['schemas']['Model'];
export type ModelCheck = components['schemas']['ModelCheck'];
export type ModelClone = components['schemas']['ModelClone'];
export type ModelCreate = components['schemas']['ModelCreate'];
export type ModelCurves = components['schemas']['ModelCurves'];
export type ModelImported = components['schemas']['ModelImported'];
export type ModelOutcomes = components['schemas']['ModelOutcomes'];
export type ModelRow = components['schemas']['ModelRow'];
export type ModelTable = components['schemas']['ModelTable'];
export type ModelVerdict = components['schemas']['ModelVerdict'];
export type NodeCounts = components['schemas']['NodeCounts'];
export type NodeFamily = components['schemas']['NodeFamily'];
export type NodeSpec = components['schemas']['NodeSpec'];
export type NodeToken = components['schemas']['NodeToken'];
export type NodeTypeInfo = components['schemas']['NodeTypeInfo'];
export type Ontology = components['schemas']['Ontology'];
export type OntologyDraft = components['schemas']['OntologyDraft'];
export type Origin = components['schemas']['Origin'];
export type Overview = components['schemas']['Overview'];
export type OverviewChampion = components['schemas']['OverviewChampion'];
export type OverviewRound = components['schemas']['OverviewRound'];
export type OverviewSaving = components['schemas']['OverviewSaving'];
export type PageAuditEntry = components['schemas']['Page_AuditEntry_'];
export type PageComparison = components['schemas']['Page_Comparison_'];
export type PageDataset = components['schemas']['Page_Dataset_'];
export type PageDeadLetter = components['schemas']['Page_DeadLetter_'];
export type PageDelivery = components['schemas']['Page_Delivery_'];
export type PageDuplicateGroup = components['schemas']['Page_DuplicateGroup_'];
export type PageDuplicateScan = components['schemas']['Page_DuplicateScan_'];
export type PageEndpoint = components['schemas']['Page_Endpoint_'];
export type PageEvaluation = components['schemas']['Page_Evaluation_'];
export type PageFeedback = components['schemas']['Page_Feedback_'];
export type PageFlag = components['schemas']['Page_Flag_'];
export type PageItem = components['schemas']['Page_Item_'];
export type PageItemChange = components['schemas']['Page_ItemChange_'];
export type PageJob = components['schemas']['Page_Job_'];
export type PageLogLine = components['schemas']['Page_LogLine_'];
export type PageModel = components['schemas']['Page_Model_'];
export type PageNodeToken = components['schemas']['Page_NodeToken_'];
export type PagePerson = components['schemas']['Page_Person_'];
export type PagePipeline = components['schemas']['Page_Pipeline_'];
export type PagePredictionLine = components['schemas']['Page_PredictionLine_'];
export type PageProject = components['schemas']['Page_Project_'];
export type PageRevision = components['schemas']['Page_Revision_'];
export type PageRun = components['schemas']['Page_Run_'];
export type PageSelection = components['schemas']['Page_Selection_'];
export type PageSelectionItem = components['schemas']['Page_SelectionItem_'];
export type PageSimulation = components['schemas']['Page_Simulation_'];
export type PageSnapshot = components['schemas']['Page_Snapshot_'];
export type PageTaskItem = components['schemas']['Page_TaskItem_'];
export type PageTaskSummary = components['schemas']['Page_TaskSummary_'];
export type PasswordSet = components['schemas']['PasswordSet'];
export type PathAnswer = components['schemas']['PathAnswer'];
export type PathRequest = components['schemas']['PathRequest'];
export type Person = components['schemas']['Person'];
export type PersonCreate = components['schemas']['PersonCreate'];
export type PersonUpdate = components['schemas']['PersonUpdate'];
export type Pipeline = components['schemas']['Pipeline'];
export type PipelineChange = components['schemas']['PipelineChange'];
export type PipelineDefinition = components['schemas']['PipelineDefinition'];
export type PipelineDiff = components['schemas']['PipelineDiff'];
export type PipelineImport = components['schemas']['PipelineImport'];
export type PipelinePause = components['schemas']['PipelinePause'];
export type PipelineRerun = components['schemas']['PipelineRerun'];
export type PipelineStatus = components['schemas']['PipelineStatus'];
export type PipelineText = components['schemas']['PipelineText'];
export type PipelineVersion = components['schemas']['PipelineVersion'];
export type Points = components['schemas']['Points'];
export type Polygon = components['schemas']['Polygon'];
export type Polyline = components['schemas']['Polyline'];
export type PortType = components['schemas']['PortType'];
export type Position = components['schemas']['Position'];
export type PredictedAnnotation = components['schemas']['PredictedAnnotation'];
export type PredictedImage = components['schemas']['PredictedImage'];
export type PredictionLine = components['schemas']['PredictionLine'];
export type PredictItemsRequest = components['schemas']['PredictItemsRequest'];
export type PredictRequest = components['schemas']['PredictRequest'];
export type PreviewShape = components['schemas']['PreviewShape'];
export type Problem = components['schemas']['Problem'];
export type Project = components['schemas']['Project'];
export type ProjectCreate = components['schemas']['ProjectCreate'];
export type ProjectUpdate = components['schemas']['ProjectUpdate'];
export type Promoted = components['schemas']['Promoted'];
export type Promotion = components['schemas']['Promotion'];
export type PropagateAnswer = components['schemas']['PropagateAnswer'];
export type PropagatedTrack = components['schemas']['PropagatedTrack'];
export type PropagateRequest = components['schemas']['PropagateRequest'];
export type ProtectedSlice = components['schemas']['ProtectedSlice'];
export type Pruned = components['schemas']['Pruned'];
export type QueryField = components['schemas']['QueryField'];
export type Range = components['schemas']['Range'];
export type Recipe = components['schemas']['Recipe'];
export type RecipeDraft = components['schemas']['RecipeDraft'];
export type Relabel = components['schemas']['Relabel'];
export type Release = components['schemas']['Release'];
export type ReliabilityBin = components['schemas']['ReliabilityBin'];
export type ReplyCreate = components['schemas']['ReplyCreate'];
export type RestPreview = components['schemas']['RestPreview'];
export type Revision = components['schemas']['Revision'];
export type RevisionDiff = components['schemas']['RevisionDiff'];
export type RotatedBox = components['schemas']['RotatedBox'];
export type RuleKind = components['schemas']['RuleKind'];
export type Run = components['schemas']['Run'];
export type RunRequest = components['schemas']['RunRequest'];
export type RunRerun = components['schemas']['RunRerun'];
export type RunsStarted = components['schemas']['RunsStarted'];
export type RunStep = components['schemas']['RunStep'];
export type SavedView = components['schemas']['SavedView'];
export type SavedViewDraft = components['schemas']['SavedViewDraft'];
export type SavedViewPatch = components['schemas']['SavedViewPatch'];
export type SegmentAnswer = components['schemas']['SegmentAnswer'];
export type SegmenterInfo = components['schemas']['SegmenterInfo'];
export type SegmentRequest = components['schemas']['SegmentRequest'];
export type Selection = components['schemas']['Selection'];
export type SelectionBudget = components['schemas']['SelectionBudget'];
export type SelectionDraft = components['schemas']['SelectionDraft'];
export type SelectionItem = components['schemas']['SelectionItem'];
export type SelectionPlan = components['schemas']['SelectionPlan'];
export type SelectionProof = components['schemas']['SelectionProof'];
export type SelectionQuota = components['schemas']['SelectionQuota'];
export type ServeRequest = components['schemas']['ServeRequest'];
export type ServiceTokenCreate = components['schemas']['ServiceTokenCreate'];
export type ServingRole = components['schemas']['ServingRole'];
export type Session = components['schemas']['Session'];
export type SimilarItem = components['schemas']['SimilarItem'];
export type SimilarItems = components['schemas']['SimilarItems'];
export type SimilarRequest = components['schemas']['SimilarRequest'];
export type SimulatedCurve = components['schemas']['SimulatedCurve'];
export type SimulatedSaving = components['schemas']['SimulatedSaving'];
export type Simulation = components['schemas']['Simulation'];
export type SimulationDraft = components['schemas']['SimulationDraft'];
export type SizeRow = components['schemas']['SizeRow'];
export type SliceRow = components['schemas']['SliceRow'];
export type Snapshot = components['schemas']['Snapshot'];
export type SnapshotCreate = components['schemas']['SnapshotCreate'];
export type SpaceCoverage = components['schemas']['SpaceCoverage'];
export type SpaceDraft = components['schemas']['SpaceDraft'];
export type SplitReport = components['schemas']['SplitReport'];
export type SplitRequest = components['schemas']['SplitRequest'];
export type Stage = components['schemas']['Stage'];
export type Submit = components['schemas']['Submit'];
export type Subset = components['schemas']['Subset'];
export type SubsetCheck = components['schemas']['SubsetCheck'];
export type SubsetQueries = components['schemas']['SubsetQueries'];
export type Task = components['schemas']['Task'];
export type TaskAnswer = components['schemas']['TaskAnswer'];
export type TaskCounts = components['schemas']['TaskCounts'];
export type TaskCreate = components['schemas']['TaskCreate'];
export type TaskItem = components['schemas']['TaskItem'];
export type TaskItemsAdd = components['schemas']['TaskItemsAdd'];
export type TaskItemsAdded = components['schemas']['TaskItemsAdded'];
export type TaskPerson = components['schemas']['TaskPerson'];
export type TaskSummary = components['schemas']['TaskSummary'];
export type TaskUpdate = components['schemas']['TaskUpdate'];
export type TaskWork = components['schemas']['TaskWork'];
export type TemplateInfo = components['schemas']['TemplateInfo'];
export type ThresholdPoint = components['schemas']['ThresholdPoint'];
export type ThresholdReport = components['schemas']['ThresholdReport'];
export type ThresholdRow = components['schemas']['ThresholdRow'];
export type TileInfo = components['schemas']['TileInfo'];
export type Tiling = components['schemas']['Tiling'];
export type Token = components['schemas']['Token'];
export type TokenCreate = components['schemas']['TokenCreate'];
export type TokenCreated = components['schemas']['TokenCreated'];
export type TokensRestarted = components['schemas']['TokensRestarted'];
export type Tool = components['schemas']['Tool'];
export type Track = components['schemas']['Track'];
export type TrainingState = components['schemas']['TrainingState'];
export type TrainRequest = components['schemas']['TrainRequest'];
export type TriggerEvent = components['schemas']['TriggerEvent'];
export type VariableSet = components['schemas']['VariableSet'];
export type VariableSpec = components['schemas']['VariableSpec'];
export type VariableType = components['schemas']['VariableType'];
export type VariantRequest = components['schemas']['VariantRequest'];
export type Verdict = components['schemas']['Verdict'];
export type VideoInfo = components['schemas']['VideoInfo'];
export type Waiting = components['schemas']['Waiting'];
export type WebhookSecret = components['schemas']['WebhookSecret'];
export type WebhookSecretRequest = components['schemas']['WebhookSecretRequest'];
export type WorstItem = components['schemas']['WorstItem'];
export type $defs = Record<string, never>;
export interface operations {
    get_annotation_api_v1_annotations__annotation_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                annotation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Annotation"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_crop_api_v1_annotations__annotation_id__crop_get: {
        parameters: {
            query?: {
                size?: number;
            };
            header?: never;
            path: {
                annotation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_history_api_v1_annotations__annotation_id__history_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                annotation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Annotation"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_architectures_api_v1_architectures_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Architecture"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_assistant_api_v1_assistants__assistant_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assistant_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assistant"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_assistant_api_v1_assistants__assistant_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assistant_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_assistant_api_v1_assistants__assistant_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assistant_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssistantUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assistant"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    label_rest_api_v1_assistants__assistant_id__label_rest_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assistant_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LabelRest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_rest_api_v1_assistants__assistant_id__rest_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assistant_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RestPreview"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_comparison_api_v1_comparisons__comparison_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comparison_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_disagreements_api_v1_comparisons__comparison_id__disagree_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comparison_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DisagreeRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_disagreements_api_v1_comparisons__comparison_id__disagreements_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comparison_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Disagreements"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    promote_challenger_api_v1_comparisons__comparison_id__promote_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comparison_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ComparisonPromote"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Champion"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_disagreement_task_api_v1_comparisons__comparison_id__task_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                comparison_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DisagreementTask"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_dataset_api_v1_datasets__dataset_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_annotations_api_v1_datasets__dataset_id__annotations_batch_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnnotationsWanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GridAnnotations"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    classify_api_v1_datasets__dataset_id__classify_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Classify"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkSaved"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    convert_shapes_api_v1_datasets__dataset_id__convert_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConvertRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"] | components["schemas"]["ConvertReport"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undo_convert_api_v1_datasets__dataset_id__convert_undo_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConvertUndo"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConvertReport"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_items_api_v1_datasets__dataset_id__counts_get: {
        parameters: {
            query?: {
                as_of?: number | null;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetCounts"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    measure_coverage_api_v1_datasets__dataset_id__coverage_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoverageRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoverageReport"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_crops_api_v1_datasets__dataset_id__crops_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CropsWanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Crops"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diff_revisions_api_v1_datasets__dataset_id__diff_get: {
        parameters: {
            query: {
                from_revision: number;
                to_revision: number;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionDiff"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_item_changes_api_v1_datasets__dataset_id__diff_items_get: {
        parameters: {
            query: {
                cursor?: string | null;
                from_revision: number;
                kind: components["schemas"]["ChangeKind"];
                limit?: number;
                to_revision: number;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ItemChange_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_duplicate_scans_api_v1_datasets__dataset_id__duplicates_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_DuplicateScan_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    scan_duplicates_api_v1_datasets__dataset_id__duplicates_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DuplicateScanDraft"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    embed_dataset_api_v1_datasets__dataset_id__embed_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmbedRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_evaluation_facets_api_v1_datasets__dataset_id__evaluation_facets_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvaluationFacet"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_export_api_v1_datasets__dataset_id__exports_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExportRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_facets_api_v1_datasets__dataset_id__facets_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FacetsWanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Facets"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_fields_api_v1_datasets__dataset_id__fields_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueryField"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    freeze_test_api_v1_datasets__dataset_id__freeze_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FreezeRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FrozenTest"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_dataset_health_api_v1_datasets__dataset_id__health_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_import_api_v1_datasets__dataset_id__imports_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_items_api_v1_datasets__dataset_id__items_get: {
        parameters: {
            query?: {
                as_of?: number | null;
                cursor?: string | null;
                /** @description Query as JSON (DQL). */
                dql?: string | null;
                limit?: number;
                /** @description Query as text: `label:car subset:train`. */
                q?: string | null;
                subset?: components["schemas"]["Subset"] | null;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Item_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    upload_item_api_v1_datasets__dataset_id__items_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_upload_item_api_v1_datasets__dataset_id__items_post"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_items_api_v1_datasets__dataset_id__items_patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemsUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemsUpdated"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_items_api_v1_datasets__dataset_id__items_count_get: {
        parameters: {
            query?: {
                as_of?: number | null;
                /** @description Query as JSON (DQL). */
                dql?: string | null;
                /** @description Query as text: `label:car subset:train`. */
                q?: string | null;
                subset?: components["schemas"]["Subset"] | null;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemCount"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    count_found_api_v1_datasets__dataset_id__items_count_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemsToCount"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemCount"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_items_api_v1_datasets__dataset_id__items_delete_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemsDelete"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemsDeleted"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search_items_api_v1_datasets__dataset_id__items_search_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemSearch"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Item_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    open_listing_api_v1_datasets__dataset_id__listings_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemsWanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_listing_api_v1_datasets__dataset_id__listings__listing_id__get: {
        parameters: {
            query?: {
                /** @description Answer later, once it is complete. */
                wait_s?: number;
            };
            header?: never;
            path: {
                dataset_id: string;
                listing_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_ids_api_v1_datasets__dataset_id__listings__listing_id__ids_get: {
        parameters: {
            query?: {
                limit?: number;
                start?: number;
            };
            header?: never;
            path: {
                dataset_id: string;
                listing_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListedIds"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_positions_api_v1_datasets__dataset_id__listings__listing_id__items_get: {
        parameters: {
            query?: {
                /** @description `truth`, `prediction` or `truth,prediction`. */
                layers?: string;
                limit?: number;
                start?: number;
                with_annotations?: boolean;
            };
            header?: never;
            path: {
                dataset_id: string;
                listing_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListingPage"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_thumbnails_api_v1_datasets__dataset_id__listings__listing_id__thumbnails_get: {
        parameters: {
            query?: {
                limit?: number;
                start?: number;
            };
            header?: never;
            path: {
                dataset_id: string;
                listing_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_maps_api_v1_datasets__dataset_id__maps_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmbeddingMap"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compute_map_api_v1_datasets__dataset_id__maps_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MapRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    promote_predictions_api_v1_datasets__dataset_id__promote_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Promotion"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Promoted"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    relabel_api_v1_datasets__dataset_id__relabel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Relabel"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkSaved"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_revisions_api_v1_datasets__dataset_id__revisions_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Revision_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_dataset_selections_api_v1_datasets__dataset_id__selections_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Selection_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_selection_api_v1_datasets__dataset_id__selections_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SelectionDraft"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    plan_selection_api_v1_datasets__dataset_id__selections_plan_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SelectionDraft"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SelectionPlan"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_similar_api_v1_datasets__dataset_id__similar_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimilarRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimilarItems"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    find_similar_to_upload_api_v1_datasets__dataset_id__similar_upload_post: {
        parameters: {
            query?: {
                /** @description Query: look among these items only. */
                filter?: string | null;
                limit?: number;
                /** @description Id or name; the project's first. */
                space?: string | null;
            };
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_find_similar_to_upload_api_v1_datasets__dataset_id__similar_upload_post"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimilarItems"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_snapshots_api_v1_datasets__dataset_id__snapshots_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Snapshot_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_snapshot_api_v1_datasets__dataset_id__snapshots_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SnapshotCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Snapshot"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_annotation_sources_api_v1_datasets__dataset_id__sources_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnnotationSource"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    split_dataset_api_v1_datasets__dataset_id__split_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dataset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SplitRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SplitReport"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_delivery_api_v1_deliveries__delivery_id__retry_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_duplicate_scan_api_v1_duplicates__duplicate_scan_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                duplicate_scan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DuplicateScan"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_duplicate_scan_api_v1_duplicates__duplicate_scan_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                duplicate_scan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    apply_duplicates_api_v1_duplicates__duplicate_scan_id__apply_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                duplicate_scan_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DuplicateAction"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DuplicateOutcome"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_duplicate_groups_api_v1_duplicates__duplicate_scan_id__groups_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                duplicate_scan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_DuplicateGroup_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_endpoint_api_v1_endpoints__endpoint_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_endpoint_api_v1_endpoints__endpoint_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_endpoint_api_v1_endpoints__endpoint_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_changes_api_v1_endpoints__endpoint_id__changes_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointChange"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_feedback_api_v1_endpoints__endpoint_id__feedback_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Feedback_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_flag_catalogue_api_v1_endpoints__endpoint_id__flag_catalogue_get: {
        parameters: {
            query?: {
                days?: number | null;
            };
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlagCatalogue"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_flag_rules_api_v1_endpoints__endpoint_id__flag_rules_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlagRule"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_flag_rule_api_v1_endpoints__endpoint_id__flag_rules_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlagRuleWrite"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlagRule"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_flags_api_v1_endpoints__endpoint_id__flags_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                flag?: components["schemas"]["RuleKind"] | null;
                limit?: number;
            };
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Flag_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_flags_task_api_v1_endpoints__endpoint_id__flags_task_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlagsTask"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_endpoint_metrics_api_v1_endpoints__endpoint_id__metrics_get: {
        parameters: {
            query?: {
                minutes?: number;
            };
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointMetrics"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_predictions_api_v1_endpoints__endpoint_id__predictions_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                flag?: components["schemas"]["RuleKind"] | null;
                label?: string | null;
                limit?: number;
                verdict?: components["schemas"]["Verdict"] | null;
            };
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_PredictionLine_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prune_predictions_api_v1_endpoints__endpoint_id__predictions_prune_post: {
        parameters: {
            query?: {
                is_dry_run?: boolean;
            };
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pruned"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roll_back_api_v1_endpoints__endpoint_id__rollback_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    serve_model_api_v1_endpoints__endpoint_id__serve_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ServeRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tokens_api_v1_endpoints__endpoint_id__tokens_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_endpoint_token_api_v1_endpoints__endpoint_id__tokens_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenCreated"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_endpoint_token_api_v1_endpoints__endpoint_id__tokens__token_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint_id: string;
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_feedback_api_v1_endpoints__endpoint__feedback_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedbackCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feedback"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_feedback_link_api_v1_endpoints__endpoint__feedback_link_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FeedbackLinkCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedbackLink"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    predict_api_v1_endpoints__endpoint__predict_post: {
        parameters: {
            query?: {
                /** @description What is known about the image, as a JSON object, such as {"camera": "a"}. In a form it is a field. */
                metadata?: string;
            };
            header?: never;
            path: {
                endpoint: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "image/jpeg": string;
                "image/png": string;
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                    metadata?: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointAnswer"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_evaluation_api_v1_evaluations__evaluation_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                evaluation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evaluation"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    examine_evaluation_api_v1_evaluations__evaluation_id__examination_get: {
        parameters: {
            query?: {
                /** @description Weakest box that counts in the matrix. */
                score_threshold?: number;
            };
            header?: never;
            path: {
                evaluation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Examination"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_item_findings_api_v1_evaluations__evaluation_id__findings_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                evaluation_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FindingsWanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemFindings"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_report_api_v1_evaluations__evaluation_id__report_get: {
        parameters: {
            query?: {
                /** @description Each `field:metadata.camera`, a slice for each value, or `query:` and a query (text or JSON). */
                slices?: string[] | null;
            };
            header?: never;
            path: {
                evaluation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvaluationReport"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_thresholds_api_v1_evaluations__evaluation_id__thresholds_get: {
        parameters: {
            query?: {
                /** @description Cost of a miss; for classes of an unsure item. */
                missed?: number;
                /** @description Cost of a spurious or wrong answer. */
                spurious?: number;
            };
            header?: never;
            path: {
                evaluation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThresholdReport"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_flag_rule_api_v1_flag_rules__flag_rule_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                flag_rule_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_flag_rule_api_v1_flag_rules__flag_rule_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                flag_rule_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FlagRuleUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlagRule"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reply_to_issue_api_v1_issues__issue_id__comments_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                issue_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplyCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resolve_issue_api_v1_issues__issue_id__resolve_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                issue_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Issue"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_item_api_v1_items__item_id__get: {
        parameters: {
            query?: {
                as_of?: number | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_item_api_v1_items__item_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_item_api_v1_items__item_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ItemPatch"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_alike_api_v1_items__item_id__alike_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlikeRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlikeAnswer"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_annotations_api_v1_items__item_id__annotations_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemAnnotations"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replace_annotations_api_v1_items__item_id__annotations_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnnotationsReplace"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemAnnotations"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_annotations_api_v1_items__item_id__annotations_patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnnotationsChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemAnnotations"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_annotations_as_of_api_v1_items__item_id__annotations_as_of__revision__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                revision: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Annotation"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_predictions_api_v1_items__item_id__annotations_predictions_get: {
        parameters: {
            query?: {
                model_id?: string | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Annotation"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_comments_api_v1_items__item_id__comments_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_comment_api_v1_items__item_id__comments_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommentCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_content_api_v1_items__item_id__content_get: {
        parameters: {
            query?: {
                as_of?: number | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_findings_api_v1_items__item_id__findings_get: {
        parameters: {
            query: {
                evaluation_id: string;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Finding"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_frames_api_v1_items__item_id__frames_get: {
        parameters: {
            query?: {
                count?: number;
                /** @description Of the JPEGs. */
                quality?: number;
                start?: number;
                /** @description Of the pictures in pixels; the next larger is made. */
                width?: number | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_frame_api_v1_items__item_id__frames__frame__get: {
        parameters: {
            query?: {
                /** @description Of the JPEGs. */
                quality?: number;
                /** @description Of the pictures in pixels; the next larger is made. */
                width?: number | null;
            };
            header?: never;
            path: {
                frame: number;
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_history_api_v1_items__item_id__history_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemEvent"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_lineage_api_v1_items__item_id__lineage_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ItemLineage"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    trace_outline_api_v1_items__item_id__outline_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PathRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PathAnswer"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    propagate_api_v1_items__item_id__propagate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PropagateRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PropagateAnswer"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    segment_api_v1_items__item_id__segment_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SegmentAnswer"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_features_api_v1_items__item_id__segment_features_get: {
        parameters: {
            query?: {
                frame?: number | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    begin_features_api_v1_items__item_id__segment_features_post: {
        parameters: {
            query?: {
                frame?: number | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeaturesState"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_features_api_v1_items__item_id__segment_features_delete: {
        parameters: {
            query?: {
                frame?: number | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_thumbnail_api_v1_items__item_id__thumbnail_get: {
        parameters: {
            query?: {
                as_of?: number | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_tile_info_api_v1_items__item_id__tiles_get: {
        parameters: {
            query?: {
                as_of?: number | null;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TileInfo"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_tile_api_v1_items__item_id__tiles__level___column___row__get: {
        parameters: {
            query?: {
                as_of?: number | null;
            };
            header?: never;
            path: {
                column: number;
                item_id: string;
                level: number;
                row: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_video_api_v1_items__item_id__video_get: {
        parameters: {
            query?: {
                /** @description How many times are given. */
                times_count?: number;
                /** @description First frame of `times_s`. */
                times_start?: number;
            };
            header?: never;
            path: {
                item_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VideoInfo"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_job_api_v1_jobs__job_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_job_api_v1_jobs__job_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_file_api_v1_jobs__job_id__file_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_log_api_v1_jobs__job_id__log_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                job_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string[];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    log_in_api_v1_login_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    log_out_api_v1_logout_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_magic_api_v1_magic_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MagicInfo"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_decoder_api_v1_magic_decoders__name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_map_api_v1_maps__map_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                map_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmbeddingMap"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_channels_api_v1_maps__map_id__channels_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                map_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MapChannel"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_colours_api_v1_maps__map_id__colours_get: {
        parameters: {
            query?: {
                /** @description One of the map's channels. */
                by?: string;
            };
            header?: never;
            path: {
                map_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MapColours"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_item_at_api_v1_maps__map_id__items__point__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                map_id: string;
                point: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Item"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_points_api_v1_maps__map_id__points_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                map_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Numbers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_positions_api_v1_maps__map_id__positions_get: {
        parameters: {
            query: {
                listing_id: string;
            };
            header?: never;
            path: {
                map_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Numbers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_me_api_v1_me_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_my_password_api_v1_me_password_put: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordSet"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_model_api_v1_models__model_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_training_api_v1_models__model_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clone_model_api_v1_models__model_id__clone_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ModelClone"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_curves_api_v1_models__model_id__curves_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: number;
                    }[];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deploy_model_api_v1_models__model_id__deploy_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DeployRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Champion"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_evaluations_api_v1_models__model_id__evaluations_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Evaluation_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    evaluate_model_api_v1_models__model_id__evaluations_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EvaluateRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_model_api_v1_models__model_id__folder_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_outcomes_api_v1_models__model_id__outcomes_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelOutcomes"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    predict_image_api_v1_models__model_id__predict_image_post: {
        parameters: {
            query?: {
                min_confidence?: number;
            };
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_predict_image_api_v1_models__model_id__predict_image_post"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PredictedImage"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    predict_items_api_v1_models__model_id__predict_items_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PredictItemsRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PredictedImage"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    predict_dataset_api_v1_models__model_id__predictions_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PredictRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roll_back_model_api_v1_models__model_id__rollback_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DeployRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Champion"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    train_model_api_v1_models__model_id__train_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TrainRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_training_api_v1_models__model_id__training_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingState"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_variant_api_v1_models__model_id__variants_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                model_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VariantRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_node_types_api_v1_node_types_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodeTypeInfo"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_people_api_v1_people_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Person_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_person_api_v1_people_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_person_api_v1_people__person_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_pipeline_schema_api_v1_pipeline_schema_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_templates_api_v1_pipeline_templates_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateInfo"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_template_api_v1_pipeline_templates__name__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDefinition"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_pipeline_api_v1_pipelines__pipeline_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    activate_api_v1_pipelines__pipeline_id__activate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deactivate_api_v1_pipelines__pipeline_id__deactivate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_dead_letters_api_v1_pipelines__pipeline_id__dead_letters_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_DeadLetter_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_dead_letters_api_v1_pipelines__pipeline_id__dead_letters_retry_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeadLettersRetry"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLettersRetried"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_deliveries_api_v1_pipelines__pipeline_id__deliveries_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                /** @description All when left out. */
                state?: ("waiting" | "delivered" | "failed") | null;
            };
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Delivery_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diff_versions_api_v1_pipelines__pipeline_id__diff_get: {
        parameters: {
            query?: {
                /** @description The one before to_version when left out. */
                from_version?: number | null;
                /** @description The current one when left out. */
                to_version?: number | null;
            };
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDiff"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ledger_api_v1_pipelines__pipeline_id__ledger_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ledger"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_logs_api_v1_pipelines__pipeline_id__logs_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                /** @description info, warning or error; all when left out. */
                level?: ("info" | "warning" | "error") | null;
                limit?: number;
                node?: string | null;
                run_id?: string | null;
            };
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_LogLine_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tokens_api_v1_pipelines__pipeline_id__nodes__node__tokens_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                state?: "waiting" | "running" | "parked" | "failed" | "done";
            };
            header?: never;
            path: {
                node: string;
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_NodeToken_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pause_api_v1_pipelines__pipeline_id__pause_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PipelinePause"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rerun_failed_api_v1_pipelines__pipeline_id__rerun_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PipelineRerun"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensRestarted"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_api_v1_pipelines__pipeline_id__resume_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_runs_api_v1_pipelines__pipeline_id__runs_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                /** @description active, done, failed or cancelled; all when left out. */
                state?: string | null;
            };
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Run_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    start_runs_api_v1_pipelines__pipeline_id__runs_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunsStarted"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_status_api_v1_pipelines__pipeline_id__status_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineStatus"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_variable_api_v1_pipelines__pipeline_id__variables__name__put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VariableSet"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_versions_api_v1_pipelines__pipeline_id__versions_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineVersion"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_version_api_v1_pipelines__pipeline_id__versions__version__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDefinition"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhook_secret_api_v1_pipelines__pipeline_id__webhook_secret_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pipeline_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookSecretRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_prediction_api_v1_predictions__prediction_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                prediction_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PredictionLine"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_prediction_image_api_v1_predictions__prediction_id__image_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                prediction_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_projects_api_v1_projects_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                name?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Project_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_project_api_v1_projects_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_project_api_v1_projects__project_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_project_api_v1_projects__project_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_activity_api_v1_projects__project_id__activity_get: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Event"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_audit_api_v1_projects__project_id__audit_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditEntry_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview_augmentation_api_v1_projects__project_id__augmentation_preview_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AugmentationPreviewRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AugmentationPreview"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_champions_api_v1_projects__project_id__champions_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Champion"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_comparisons_api_v1_projects__project_id__comparisons_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Comparison_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compare_models_api_v1_projects__project_id__comparisons_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompareRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_datasets_api_v1_projects__project_id__datasets_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                name?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Dataset_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_dataset_api_v1_projects__project_id__datasets_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DatasetCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_endpoints_api_v1_projects__project_id__endpoints_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Endpoint_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_endpoint_api_v1_projects__project_id__endpoints_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_evaluations_api_v1_projects__project_id__evaluations_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                dataset_id?: string | null;
                limit?: number;
                model_id?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Evaluation_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    watch_events_api_v1_projects__project_id__events_get: {
        parameters: {
            query?: {
                /** @description As Last-Event-ID; 0 from the beginning, now when neither is given. */
                after?: string | null;
            };
            header?: {
                "last-event-id"?: string | null;
            };
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_jobs_api_v1_projects__project_id__jobs_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                kind?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Job_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_members_api_v1_projects__project_id__members_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_member_api_v1_projects__project_id__members_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberSet"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_member_api_v1_projects__project_id__members__person_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                person_id: string;
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compare_runs_api_v1_projects__project_id__model_table_get: {
        parameters: {
            query: {
                /** @description Ids of models, separated by commas. */
                ids: string;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelTable"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_models_api_v1_projects__project_id__models_get: {
        parameters: {
            query?: {
                /** @description Those of assistants, too, which only help with one labelling task. */
                assistants?: boolean;
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Model_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_model_api_v1_projects__project_id__models_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_model_api_v1_projects__project_id__models_check_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelCheck"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_model_api_v1_projects__project_id__models_import_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["Body_import_model_api_v1_projects__project_id__models_import_post"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelImported"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_ontologies_api_v1_projects__project_id__ontologies_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ontology"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ontology_api_v1_projects__project_id__ontology_get: {
        parameters: {
            query?: {
                version?: number | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ontology"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    save_ontology_api_v1_projects__project_id__ontology_put: {
        parameters: {
            query?: {
                base_version?: number | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OntologyDraft"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ontology"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_overview_api_v1_projects__project_id__overview_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_pipelines_api_v1_projects__project_id__pipelines_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Pipeline_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    apply_pipeline_api_v1_projects__project_id__pipelines_post: {
        parameters: {
            query?: {
                /** @description old_node:new_node, for tokens of nodes that vanish, or old_node:! to cancel their runs; several with commas. */
                migrate?: string[];
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PipelineDefinition"];
                "application/yaml": components["schemas"]["PipelineDefinition"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pipeline"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    convert_pipeline_api_v1_projects__project_id__pipelines_convert_post: {
        parameters: {
            query?: {
                form?: "yaml" | "json" | "python";
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PipelineDefinition"];
                "application/yaml": components["schemas"]["PipelineDefinition"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineText"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diff_document_api_v1_projects__project_id__pipelines_diff_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PipelineDefinition"];
                "application/yaml": components["schemas"]["PipelineDefinition"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDiff"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dry_run_api_v1_projects__project_id__pipelines_dry_run_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DryRunRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import_pipeline_api_v1_projects__project_id__pipelines_import_post: {
        parameters: {
            query?: {
                name?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PipelineDefinition"];
                "application/yaml": components["schemas"]["PipelineDefinition"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineImport"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_document_api_v1_projects__project_id__pipelines_read_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PipelineDefinition"];
                "application/yaml": components["schemas"]["PipelineDefinition"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PipelineDefinition"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    validate_pipeline_api_v1_projects__project_id__pipelines_validate_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PipelineDefinition"];
                "application/yaml": components["schemas"]["PipelineDefinition"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GraphProblem"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_recipes_api_v1_projects__project_id__recipes_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipe"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_recipe_api_v1_projects__project_id__recipes_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecipeDraft"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipe"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_project_selections_api_v1_projects__project_id__selections_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Selection_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_simulations_api_v1_projects__project_id__simulations_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Simulation_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_simulation_api_v1_projects__project_id__simulations_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimulationDraft"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_spaces_api_v1_projects__project_id__spaces_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmbeddingSpace"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_space_api_v1_projects__project_id__spaces_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpaceDraft"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmbeddingSpace"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tasks_api_v1_projects__project_id__tasks_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                status?: ("active" | "paused" | "done") | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_TaskSummary_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_task_api_v1_projects__project_id__tasks_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_service_tokens_api_v1_projects__project_id__tokens_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_service_token_api_v1_projects__project_id__tokens_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ServiceTokenCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenCreated"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_service_token_api_v1_projects__project_id__tokens__token_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_views_api_v1_projects__project_id__views_get: {
        parameters: {
            query?: {
                dataset_id?: string | null;
            };
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedView"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_view_api_v1_projects__project_id__views_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavedViewDraft"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedView"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_run_api_v1_runs__run_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_run_api_v1_runs__run_id__cancel_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rerun_api_v1_runs__run_id__rerun_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunRerun"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_steps_api_v1_runs__run_id__steps_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunStep"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_selection_api_v1_selections__selection_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                selection_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Selection"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_selection_api_v1_selections__selection_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                selection_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_items_api_v1_selections__selection_id__items_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path: {
                selection_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_SelectionItem_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_proof_api_v1_selections__selection_id__proof_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                selection_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SelectionProof"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_simulation_api_v1_simulations__simulation_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                simulation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Simulation"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_simulation_api_v1_simulations__simulation_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                simulation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_space_api_v1_spaces__space_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmbeddingSpace"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_space_api_v1_spaces__space_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                space_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_coverage_api_v1_spaces__space_id__coverage_get: {
        parameters: {
            query: {
                dataset_id: string;
            };
            header?: never;
            path: {
                space_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpaceCoverage"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_task_api_v1_tasks__task_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskSummary"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_task_api_v1_tasks__task_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskUpdate"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_assistants_api_v1_tasks__task_id__assistants_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assistant"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_assistant_api_v1_tasks__task_id__assistants_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssistantCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Assistant"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submit_items_api_v1_tasks__task_id__bulk_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkSubmit"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkResult"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_issues_api_v1_tasks__task_id__issues_get: {
        parameters: {
            query?: {
                item_id?: string | null;
                state?: ("open" | "resolved") | null;
            };
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Issue"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_task_items_api_v1_tasks__task_id__items_get: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                status?: ("queued" | "leased" | "submitted" | "approved" | "rework" | "waiting" | "discarded") | null;
            };
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_TaskItem_"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_task_items_api_v1_tasks__task_id__items_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskItemsAdd"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskItemsAdded"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_task_item_api_v1_tasks__task_id__items__item_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskItem"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_answers_api_v1_tasks__task_id__items__item_id__answers_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskAnswer"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approve_item_api_v1_tasks__task_id__items__item_id__approve_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Approve"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskItem"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    discard_item_api_v1_tasks__task_id__items__item_id__discard_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Discard"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskItem"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    save_draft_api_v1_tasks__task_id__items__item_id__draft_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DraftSave"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    heartbeat_api_v1_tasks__task_id__items__item_id__heartbeat_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Heartbeat"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    raise_issue_api_v1_tasks__task_id__items__item_id__issues_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IssueCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Issue"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    release_api_v1_tasks__task_id__items__item_id__release_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Release"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskItem"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submit_item_api_v1_tasks__task_id__items__item_id__submit_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Submit"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskItem"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_leases_api_v1_tasks__task_id__leases_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lease_next_api_v1_tasks__task_id__leases_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LeaseNext"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_people_api_v1_tasks__task_id__people_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPerson"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_my_tokens_api_v1_tokens_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_my_token_api_v1_tokens_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenCreate"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenCreated"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_my_token_api_v1_tokens__token_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_trigger_events_api_v1_trigger_events_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TriggerEvent"][];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_view_api_v1_views__view_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                view_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_view_api_v1_views__view_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                view_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavedViewPatch"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedView"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_health_healthz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Problem, as application/problem+json */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
