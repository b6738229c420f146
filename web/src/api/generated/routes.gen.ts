// Written by routes.ts.

import type {
    ScansListScansData,
    ScansListScansResponse,
    ScansCompareScansData,
    ScansCompareScansResponse,
    ScansGetScanData,
    ScansGetScanResponse,
    ScansListErrorsData,
    ScansListErrorsResponse,
    RunsListRunsData,
    RunsListRunsResponse,
    LabelsGetQueueData,
    LabelsGetQueueResponse,
    ResultsListResultsData,
    ResultsListResultsResponse,
    ResultsGetFacetsData,
    ResultsGetFacetsResponse,
    ResultsGetDistributionData,
    ResultsGetDistributionResponse,
    ResultsFindTextData,
    ResultsFindTextResponse,
    ResultsGetResultData,
    ResultsGetResultResponse,
    ResultsGetEvidenceData,
    ResultsGetEvidenceResponse,
    TranscriptsGetMessagesData,
    TranscriptsGetMessagesResponse,
    TranscriptsGetMessageData,
    TranscriptsGetMessageResponse,
    TranscriptsGetEventsData,
    TranscriptsGetEventsResponse,
    TranscriptsGetEventData,
    TranscriptsGetEventResponse,
    TranscriptsGetAgentsData,
    TranscriptsGetAgentsResponse,
    TranscriptsGetRawData,
    TranscriptsGetOutlineData,
    TranscriptsGetOutlineResponse,
    TranscriptsGetMinimapData,
    TranscriptsGetMinimapResponse,
    TranscriptsGetCitationsData,
    TranscriptsGetCitationsResponse,
    TranscriptsGetAttachmentData,
    TranscriptsFindInOneData,
    TranscriptsFindInOneResponse,
    TranscriptsFindInAllData,
    TranscriptsFindInAllResponse,
    TranscriptsGetTranscriptsData,
    TranscriptsGetTranscriptsResponse,
    TranscriptsGetFacetsData,
    TranscriptsGetFacetsResponse,
    TranscriptsGetColumnsData,
    TranscriptsGetColumnsResponse,
    TranscriptsGetNeighboursData,
    TranscriptsGetNeighboursResponse,
    TranscriptsGetTranscriptData,
    TranscriptsGetTranscriptResponse,
    LabelsListLabelFilesData,
    LabelsListLabelFilesResponse,
    LabelsListCasesData,
    LabelsListCasesResponse,
    LabelsGetCaseData,
    LabelsGetCaseResponse,
    LabelsGetAgreementData,
    LabelsGetAgreementResponse,
    LabelsGetRatersAgreementData,
    LabelsGetRatersAgreementResponse,
    ProjectGetProjectData,
    ProjectGetProjectResponse,
    ProjectListNewFilesData,
    ProjectListNewFilesResponse,
    ProjectListOptionsData,
    ProjectListOptionsResponse,
    ProjectListScannersData,
    ProjectListScannersResponse,
    ProjectListJobsData,
    ProjectListJobsResponse,
    ProjectGetSchemaData,
    ProjectGetSchemaResponse,
    EventsListenData,
    EventsListenResponse,
    RunsStartRunData,
    RunsStartRunResponse,
    RunsResumeScanData,
    RunsResumeScanResponse,
    RunsCompleteScanData,
    RunsCompleteScanResponse,
    RunsCancelScanData,
    RunsCancelScanResponse,
    LabelsCreateLabelFileData,
    LabelsCreateLabelFileResponse,
    ProjectDraftProjectData,
    ProjectDraftProjectResponse,
    LabelsReplaceCasesData,
    LabelsReplaceCasesResponse,
    LabelsRenameLabelFileData,
    LabelsRenameLabelFileResponse,
    LabelsPutCaseData,
    LabelsPutCaseResponse,
    ProjectChangeProjectData,
    ProjectChangeProjectResponse,
    ProjectWriteProjectData,
    ProjectWriteProjectResponse,
    RunsDeleteScanData,
    RunsDeleteScanResponse,
    LabelsDeleteLabelFileData,
    LabelsDeleteLabelFileResponse,
    LabelsDeleteCaseData,
    LabelsDeleteCaseResponse,
} from "./types.gen.ts";

export interface Routes {
    GET: {
        "/scans": { asks: ScansListScansData; answers: ScansListScansResponse };
        "/compare": { asks: ScansCompareScansData; answers: ScansCompareScansResponse };
        "/scans/{scan_id}": { asks: ScansGetScanData; answers: ScansGetScanResponse };
        "/scans/{scan_id}/errors": { asks: ScansListErrorsData; answers: ScansListErrorsResponse };
        "/runs": { asks: RunsListRunsData; answers: RunsListRunsResponse };
        "/scans/{scan_id}/{scanner}/queue": { asks: LabelsGetQueueData; answers: LabelsGetQueueResponse };
        "/scans/{scan_id}/{scanner}/results": { asks: ResultsListResultsData; answers: ResultsListResultsResponse };
        "/scans/{scan_id}/{scanner}/facets": { asks: ResultsGetFacetsData; answers: ResultsGetFacetsResponse };
        "/scans/{scan_id}/{scanner}/distribution": { asks: ResultsGetDistributionData; answers: ResultsGetDistributionResponse };
        "/scans/{scan_id}/{scanner}/find": { asks: ResultsFindTextData; answers: ResultsFindTextResponse };
        "/scans/{scan_id}/{scanner}/results/{id}": { asks: ResultsGetResultData; answers: ResultsGetResultResponse };
        "/scans/{scan_id}/{scanner}/results/{id}/evidence": { asks: ResultsGetEvidenceData; answers: ResultsGetEvidenceResponse };
        "/transcripts/{id}/messages": { asks: TranscriptsGetMessagesData; answers: TranscriptsGetMessagesResponse };
        "/transcripts/{id}/messages/{number}": { asks: TranscriptsGetMessageData; answers: TranscriptsGetMessageResponse };
        "/transcripts/{id}/events": { asks: TranscriptsGetEventsData; answers: TranscriptsGetEventsResponse };
        "/transcripts/{id}/events/{number}": { asks: TranscriptsGetEventData; answers: TranscriptsGetEventResponse };
        "/transcripts/{id}/agents": { asks: TranscriptsGetAgentsData; answers: TranscriptsGetAgentsResponse };
        "/transcripts/{id}/raw": { asks: TranscriptsGetRawData; answers: unknown };
        "/transcripts/{id}/outline": { asks: TranscriptsGetOutlineData; answers: TranscriptsGetOutlineResponse };
        "/transcripts/{id}/minimap": { asks: TranscriptsGetMinimapData; answers: TranscriptsGetMinimapResponse };
        "/transcripts/{id}/citations": { asks: TranscriptsGetCitationsData; answers: TranscriptsGetCitationsResponse };
        "/transcripts/{id}/attachments/{reference}": { asks: TranscriptsGetAttachmentData; answers: unknown };
        "/transcripts/{id}/find": { asks: TranscriptsFindInOneData; answers: TranscriptsFindInOneResponse };
        "/transcripts/find": { asks: TranscriptsFindInAllData; answers: TranscriptsFindInAllResponse };
        "/transcripts": { asks: TranscriptsGetTranscriptsData; answers: TranscriptsGetTranscriptsResponse };
        "/transcripts/facets": { asks: TranscriptsGetFacetsData; answers: TranscriptsGetFacetsResponse };
        "/transcripts/columns": { asks: TranscriptsGetColumnsData; answers: TranscriptsGetColumnsResponse };
        "/transcripts/{id}/neighbours": { asks: TranscriptsGetNeighboursData; answers: TranscriptsGetNeighboursResponse };
        "/transcripts/{id}": { asks: TranscriptsGetTranscriptData; answers: TranscriptsGetTranscriptResponse };
        "/labels": { asks: LabelsListLabelFilesData; answers: LabelsListLabelFilesResponse };
        "/labels/{file}": { asks: LabelsListCasesData; answers: LabelsListCasesResponse };
        "/labels/{file}/cases/{key}": { asks: LabelsGetCaseData; answers: LabelsGetCaseResponse };
        "/labels/{file}/agreement": { asks: LabelsGetAgreementData; answers: LabelsGetAgreementResponse };
        "/labels/{file}/raters/{other}": { asks: LabelsGetRatersAgreementData; answers: LabelsGetRatersAgreementResponse };
        "/project": { asks: ProjectGetProjectData; answers: ProjectGetProjectResponse };
        "/project/new": { asks: ProjectListNewFilesData; answers: ProjectListNewFilesResponse };
        "/project/options": { asks: ProjectListOptionsData; answers: ProjectListOptionsResponse };
        "/project/scanners": { asks: ProjectListScannersData; answers: ProjectListScannersResponse };
        "/project/jobs": { asks: ProjectListJobsData; answers: ProjectListJobsResponse };
        "/project/schemas/{name}": { asks: ProjectGetSchemaData; answers: ProjectGetSchemaResponse };
        "/events": { asks: EventsListenData; answers: EventsListenResponse };
    };
    POST: {
        "/runs": { asks: RunsStartRunData; answers: RunsStartRunResponse };
        "/scans/{scan_id}/resume": { asks: RunsResumeScanData; answers: RunsResumeScanResponse };
        "/scans/{scan_id}/complete": { asks: RunsCompleteScanData; answers: RunsCompleteScanResponse };
        "/scans/{scan_id}/cancel": { asks: RunsCancelScanData; answers: RunsCancelScanResponse };
        "/labels": { asks: LabelsCreateLabelFileData; answers: LabelsCreateLabelFileResponse };
        "/project/draft": { asks: ProjectDraftProjectData; answers: ProjectDraftProjectResponse };
    };
    PUT: {
        "/labels/{file}": { asks: LabelsReplaceCasesData; answers: LabelsReplaceCasesResponse };
        "/labels/{file}/name": { asks: LabelsRenameLabelFileData; answers: LabelsRenameLabelFileResponse };
        "/labels/{file}/cases/{key}": { asks: LabelsPutCaseData; answers: LabelsPutCaseResponse };
        "/project": { asks: ProjectChangeProjectData; answers: ProjectChangeProjectResponse };
        "/project/text": { asks: ProjectWriteProjectData; answers: ProjectWriteProjectResponse };
    };
    DELETE: {
        "/scans/{scan_id}": { asks: RunsDeleteScanData; answers: RunsDeleteScanResponse };
        "/labels/{file}": { asks: LabelsDeleteLabelFileData; answers: LabelsDeleteLabelFileResponse };
        "/labels/{file}/cases/{key}": { asks: LabelsDeleteCaseData; answers: LabelsDeleteCaseResponse };
    };
}
