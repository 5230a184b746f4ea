//! The contract's own examples (Appendix C), word for word and in its key order.

use crate::harness::App;

/// `>` asks, `<` is the answer; `…` stands for what may vary.
const EXCHANGES: &str = r#"
> POST /subjects/s1/versions {"schema":"{ \"type\" : \"string\" }"}
< 200 {"id":1,"version":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\""}
> POST /subjects/s1/versions {"schema":"{ \"type\" : \"string\" }"}
< 200 {"id":1,"version":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\""}
> POST /subjects/s1 {"schema":"{ \"type\" : \"string\" }"}
< 200 {"subject":"s1","version":1,"id":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\""}
> GET /subjects/s1/versions/latest
< 200 {"subject":"s1","version":1,"id":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\"","ts":…,"deleted":false}
> GET /subjects/s1/versions/1/schema
< 200 "string"
> GET /schemas/ids/1
< 200 {"subject":"s1","version":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\"","ts":…,"deleted":false}
> GET /schemas/ids/1?fetchMaxId=true
< 200 {"subject":"s1","version":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\"","maxId":1,"ts":…,"deleted":false}
> GET /schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d
< 200 {"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\"","ts":…,"deleted":false}
> GET /schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d/ids
< 200 [{"context":".","id":1}]
> GET /schemas/ids/1/versions
< 200 [{"subject":"s1","version":1}]
> GET /schemas/ids/1/subjects
< 200 ["s1"]
> GET /schemas/ids/77
< 404 {"error_code":40403,"message":"Schema 77 not found"}
> GET /schemas/ids/77/subjects
< 404 {"error_code":40403,"message":"Schema not found"}
> GET /schemas/ids/abc
< 404 {"error_code":404,"message":"HTTP 404 Not Found"}

> GET /schemas
< 200 [{"subject":"s1","version":1,"id":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\"","ts":…,"deleted":false}]

> POST /compatibility/subjects/s1/versions/latest?verbose=true {"schema":"\"int\""}
< 200 {"is_compatible":false,"messages":["{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the new schema does not match with the old schema', additionalInfo:'reader type: INT not compatible with writer type: STRING'}","{oldSchemaVersion: 1}","{oldSchema: '\"string\"'}","{validateFields: 'false', compatibility: 'BACKWARD'}"]}
> POST /compatibility/subjects/s1/versions/latest {"schema":"\"int\""}
< 200 {"is_compatible":false}
> POST /subjects/s1/versions {"schema":"\"int\""}
< 409 {"error_code":40901,"message":"Schema being registered is incompatible with an earlier schema for subject \"s1\", details: [{errorType:'TYPE_MISMATCH', …}, {oldSchemaVersion: 1}, {oldSchema: '\"string\"'}, {validateFields: 'false', compatibility: 'BACKWARD'}]"}
> POST /subjects/s1/versions {"schema":"nonsense"}
< 422 {"error_code":42201,"message":"Invalid schema of type AVRO, details: Invalid schema {subject=s1,version=null,id=null,guid=…,schemaType=AVRO,references=[],metadata=null,ruleSet=null,schema=nonsense,schemaTags=null,ts=null,deleted=null} with refs [] of type AVRO, details: …"}

> GET /config
< 200 {"compatibilityLevel":"BACKWARD"}
> GET /config/s1
< 404 {"error_code":40408,"message":"Subject 's1' does not have subject-level compatibility configured"}
> GET /config/s1?defaultToGlobal=true
< 200 {"compatibilityLevel":"BACKWARD"}
> PUT /config/s1 {"compatibility":"full"}
< 200 {"compatibility":"FULL"}
> PUT /config/s1 {"normalize":true}
< 200 {"normalize":true,"compatibility":"FULL"}
> PUT /config/s1 {"compatibility":null}
< 200 {"normalize":true}
> GET /config/s1
< 200 {"normalize":true,"compatibilityLevel":"BACKWARD"}
> PUT /config/s1 {"compatibility":"x"}
< 422 {"error_code":42203,"message":"Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive"}
> DELETE /config/s1
< 200 {"normalize":true,"compatibilityLevel":"BACKWARD"}
> DELETE /config/s1
< 404 {"error_code":40401,"message":"Subject 's1' not found."}

> GET /mode
< 200 {"mode":"READWRITE"}
> GET /mode/s1
< 404 {"error_code":40409,"message":"Subject 's1' does not have subject-level mode configured"}
> PUT /mode {"mode":"READONLY"}
< 200 {"mode":"READONLY"}
> POST /subjects/s1/versions {"schema":"\"long\""}
< 422 {"error_code":42205,"message":"Subject s1 in context  is in read-only mode"}
> POST /subjects/s1/versions {"schema":"\"string\""}
< 200 {"id":1,…}
> PUT /mode {"mode":null}
< 200 {"mode":null}
> PUT /mode {"mode":"FORWARD"}
< 422 {"error_code":42204,"message":"Forward mode only supported on global level"}

> POST /subjects/:.ctx:s1/versions {"schema":"\"string\""}
< 200 {"id":1,"version":1,…}
> GET /contexts
< 200 [".",".ctx"]
> GET /subjects
< 200 [":.ctx:s1","s1"]
> GET /subjects?subjectPrefix=
< 200 ["s1"]
> GET /contexts/.ctx/subjects
< 200 [":.ctx:s1"]
> DELETE /contexts/.ctx
< 422 {"error_code":42211,"message":"The specified context ':.ctx:' is not empty."}
"#;

/// The last part, in a registry where no other context has the subject: by section 3.11 a read would find it there.
const DELETIONS: &str = r#"
> POST /subjects/s1/versions {"schema":"\"string\""}
< 200 {"id":1,"version":1,…}
> DELETE /subjects/s1/versions/1?permanent=true
< 404 {"error_code":40407,"message":"Subject 's1' Version 1 was not deleted first before being permanently deleted"}
> DELETE /subjects/s1
< 200 [1]
> DELETE /subjects/s1
< 404 {"error_code":40404,"message":"Subject 's1' was soft deleted.Set permanent=true to delete permanently"}
> GET /subjects/s1/versions/latest?deleted=true
< 404 {"error_code":40402,"message":"Version -1 not found."}
> GET /subjects/s1/versions/1?deleted=true
< 200 {…,"deleted":true}
> GET /subjects/s1/versions?deletedAsNegative=true
< 404 {"error_code":40401,"message":"Subject 's1' not found."}
> GET /subjects/s1/versions?deletedAsNegative=true&deleted=true
< 200 [-1]
> DELETE /subjects/s1?permanent=true
< 200 [1]
> DELETE /subjects/s1?permanent=true
< 404 {"error_code":40401,"message":"Subject 's1' not found."}
"#;

async fn follow(script: &str) {
    let app = App::start().await;
    let mut lines = script.lines().filter(|line| !line.is_empty());
    while let (Some(request), Some(response)) = (lines.next(), lines.next()) {
        let request = request.strip_prefix("> ").expect("a request");
        let (status, pattern) = response.strip_prefix("< ").and_then(|rest| rest.split_once(' ')).expect("a response");
        let (method, target) = request.split_once(' ').expect("a method");
        let (path, body) = target.split_once(' ').unwrap_or((target, ""));
        let headers = [("Content-Type", "application/vnd.schemaregistry.v1+json")];
        let answer = app.send(method, path, &headers, body.to_owned()).await;
        answer.reads(status.parse().expect("a status"), pattern);
    }
    assert_eq!(lines.next(), None, "every request has its answer");
}

/// Contract: 1.6/1, 7.4/13, C/1-42.
#[tokio::test]
async fn the_exchanges_of_the_contract_come_out_word_for_word() {
    follow(EXCHANGES).await;
}

/// Contract: C/43-52.
#[tokio::test]
async fn the_deletions_of_the_contract_come_out_word_for_word() {
    follow(DELETIONS).await;
}
