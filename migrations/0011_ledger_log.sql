-- The first loader of a database notes there which log its positions and its ledger speak of.
grant insert on pipeline.setting to millrace_loader;
