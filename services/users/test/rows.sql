INSERT INTO users (id, name) VALUES ('known', 'Chie'), ('other', 'Dai');
